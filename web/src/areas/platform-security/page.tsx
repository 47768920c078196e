/** What security noticed in any tenant, and outside of them. */
import { answer } from '../../api/client.ts';
import { useConsole } from '../../hooks/console.ts';
import { usePages } from '../../hooks/data.ts';
import { Page, Section } from '../../parts/page.tsx';
import { EventFilters, useEventFilter } from '../security-events/filters.tsx';
import { EventTable } from '../security-events/table.tsx';

export default function PlatformSecurityPage() {
  const { profile } = useConsole();
  const state = useEventFilter(['type', 'tenantId', 'userId', 'subject', 'from', 'to']);
  const events = usePages(['security-events', JSON.stringify(state.filter)], (api, cursor) =>
    answer(
      api.GET('/v1/platform/security-events', {
        params: { query: { limit: 50, ...state.filter, ...cursor } },
      }),
    ),
  );
  const nameOf = (id: string | null) => (id === profile.id ? 'you' : (id ?? 'unknown'));
  return (
    <Page
      title="Security events"
      about="What was refused, breached or tried, in any tenant and outside of them. Where a tenant’s people sat is shown to the tenant alone."
    >
      <Section title="Events" flush>
        <EventFilters state={state} />
        <EventTable
          pages={events}
          nameOf={nameOf}
          requests="/platform/requests"
          more={[
            {
              header: 'Tenant',
              from: 'lg',
              cell: ({ tenantId }) => <span className="break">{tenantId ?? 'the platform alone'}</span>,
            },
          ]}
        />
      </Section>
    </Page>
  );
}
