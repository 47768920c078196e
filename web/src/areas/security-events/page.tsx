/** What security noticed in a tenant: refusals, breached limits, attempts across tenants. */
import { answer } from '../../api/client.ts';
import { usePages } from '../../hooks/data.ts';
import { useNames, usePeople } from '../../hooks/names.ts';
import { useTenant } from '../../hooks/tenant.ts';
import { Page, Section } from '../../parts/page.tsx';
import { EventFilters, useEventFilter } from './filters.tsx';
import { EventTable } from './table.tsx';

export default function SecurityEventsPage() {
  const { slug } = useTenant();
  const nameOf = useNames();
  const state = useEventFilter(['type', 'subject', 'userId', 'from', 'to']);
  const people = usePeople();
  const events = usePages(['security-events', JSON.stringify(state.filter)], (api, cursor) =>
    answer(api.GET('/v1/security-events', { params: { query: { limit: 50, ...state.filter, ...cursor } } })),
  );
  return (
    <Page
      title="Security events"
      about="What was refused, breached or tried in this tenant. A file of them is among the exports."
    >
      <Section title="Events" flush>
        <EventFilters state={state} people={people} />
        <EventTable
          pages={events}
          nameOf={(id) => (id === null ? 'unknown' : nameOf(id))}
          requests={`/t/${slug}/requests`}
        />
      </Section>
    </Page>
  );
}
