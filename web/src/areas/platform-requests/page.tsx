/** A request by the id that its answer carried, in whatever tenant. Looking it up takes a reason and is audited. */
import { useSearchParams } from 'react-router';
import { answer } from '../../api/client.ts';
import { useConsole } from '../../hooks/console.ts';
import { useChange } from '../../hooks/data.ts';
import { LookForm } from '../../parts/look-form.tsx';
import { Page, Section } from '../../parts/page.tsx';
import { Problem } from '../../parts/problem.tsx';
import { Traces } from '../requests/traces.tsx';

export default function PlatformRequestsPage() {
  const { profile } = useConsole();
  const [query] = useSearchParams();
  // Not a read that is repeated whenever the page is shown: each one stands in the trail.
  const look = useChange(
    (api, asked: { id: string; reason: string }) =>
      answer(
        api.GET('/v1/platform/requests/{requestId}', {
          params: { path: { requestId: asked.id }, query: { reason: asked.reason } },
        }),
      ),
    { stale: [['audit']] },
  );
  return (
    <Page
      title="Find a request"
      about="What was kept of a request in any tenant: ids and facts, nobody’s data. That you looked stands in the platform’s trail."
    >
      <LookForm
        label="Id of the request"
        description="As the answer or the problem says it"
        initial={query.get('id') ?? ''}
        isBusy={look.isPending}
        onLook={({ text: id, reason }) => look.mutate({ id, reason })}
      />
      <Problem error={look.error} />
      {look.data !== undefined && (
        <Section title="What was kept" flush>
          <Traces items={look.data.items} nameOf={(by) => (by === profile.id ? 'you' : by)} />
        </Section>
      )}
    </Page>
  );
}
