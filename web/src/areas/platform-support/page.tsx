/** What the staff asked of tenants: waiting, allowed, begun. */
import { Button, Group, Text } from '@mantine/core';
import { answer, type Thing } from '../../api/client.ts';
import { useConsole } from '../../hooks/console.ts';
import { useChange, usePages } from '../../hooks/data.ts';
import { PagedTable } from '../../parts/data-table.tsx';
import { Empty } from '../../parts/empty.tsx';
import { More } from '../../parts/more.tsx';
import { Page, Section } from '../../parts/page.tsx';
import { Problem } from '../../parts/problem.tsx';
import { Status } from '../../parts/status.tsx';
import { When } from '../../parts/when.tsx';

type Request = Thing<'Impersonation'>;
type Step = 'start' | 'withdraw' | 'end';

const done: Readonly<Record<Step, string>> = {
  start: 'You act for the member for half an hour.',
  withdraw: 'The request was taken back.',
  end: 'You do not act for the member any more.',
};

export default function PlatformSupportPage() {
  const requests = usePages(['impersonations'], (api, cursor) =>
    answer(api.GET('/v1/platform/impersonations', { params: { query: { limit: 20, ...cursor } } })),
  );
  const take = useChange(
    (api, { id, step }: { id: string; step: Step }) => {
      const params = { path: { impersonationId: id } };
      if (step === 'start')
        return answer(api.POST('/v1/platform/impersonations/{impersonationId}/start', { params }));
      if (step === 'end')
        return answer(api.POST('/v1/platform/impersonations/{impersonationId}/end', { params }));
      return answer(api.POST('/v1/platform/impersonations/{impersonationId}/withdraw', { params }));
    },
    { done: (_, { step }) => done[step], stale: [['impersonations']] },
  );
  return (
    <Page
      title="Acting for members"
      about="A tenant has to allow each request. Ask from the list of tenants."
    >
      <Problem error={take.error} />
      <Section title="Requests" flush>
        <PagedTable
          label="Requests to act for members"
          pages={requests}
          keyOf={({ id }) => id}
          empty={
            <Empty title="Nobody was asked yet" action={<More to="/platform">Choose a tenant</More>}>
              The tenant sees who asks and why.
            </Empty>
          }
          columns={[
            { header: 'Request', cell: (request) => <About request={request} /> },
            { header: 'Status', cell: ({ status }) => <Status value={status} /> },
            { header: 'Asked', from: 'sm', cell: ({ createdAt }) => <When at={createdAt} /> },
            {
              header: 'Ends',
              from: 'md',
              cell: ({ status, endsAt }) => (status === 'started' ? <When at={endsAt} /> : '–'),
            },
            {
              header: '',
              isNumber: true,
              cell: (request) => (
                <Steps request={request} onStep={(step) => take.mutate({ id: request.id, step })} />
              ),
            },
          ]}
        />
      </Section>
    </Page>
  );
}

function About({ request: { staffName, reason, memberId } }: { request: Request }) {
  return (
    <>
      <Text size="sm" className="break">
        <strong>{staffName}</strong>: {reason}
      </Text>
      <Text size="xs" c="dimmed" className="break">
        {memberId}
      </Text>
    </>
  );
}

function Steps({
  request: { id, status, staffId, staffName },
  onStep,
}: {
  request: Request;
  onStep: (step: Step) => void;
}) {
  const { profile } = useConsole();
  if (staffId !== profile.id) return null;
  return (
    <Group gap={4} justify="flex-end">
      {status === 'approved' && (
        <Button
          size="compact-xs"
          aria-label={`Begin what ${staffName} asked for`}
          onClick={() => onStep('start')}
        >
          Begin
        </Button>
      )}
      {(status === 'requested' || status === 'approved') && (
        <Button size="compact-xs" variant="subtle" onClick={() => onStep('withdraw')}>
          Take back
        </Button>
      )}
      {status === 'started' && (
        <>
          <More to={`/acting/${id}`}>Look on</More>
          <Button size="compact-xs" variant="subtle" color="red" onClick={() => onStep('end')}>
            End
          </Button>
        </>
      )}
    </Group>
  );
}
