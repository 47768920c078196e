/** Who of support asks to act for a member: let them, refuse, or end it. */
import { Button, Group, Text } from '@mantine/core';
import { answer, type Thing } from '../../api/client.ts';
import { useChange, usePages } from '../../hooks/data.ts';
import { useNames } from '../../hooks/names.ts';
import { useTenant } from '../../hooks/tenant.ts';
import { PagedTable } from '../../parts/data-table.tsx';
import { Empty } from '../../parts/empty.tsx';
import { Page, Section } from '../../parts/page.tsx';
import { Problem } from '../../parts/problem.tsx';
import { Status } from '../../parts/status.tsx';
import { When } from '../../parts/when.tsx';

type Request = Thing<'Impersonation'>;
type Step = 'approve' | 'deny' | 'end';

const done: Readonly<Record<Step, string>> = {
  approve: 'Support may act for the member, once, for half an hour.',
  deny: 'The request was refused.',
  end: 'Support cannot act for the member any more.',
};

export default function SupportPage() {
  const nameOf = useNames();
  const requests = usePages(['impersonations'], (api, cursor) =>
    answer(api.GET('/v1/impersonations', { params: { query: { limit: 20, ...cursor } } })),
  );
  const decide = useChange(
    (api, { id, step }: { id: string; step: Step }) => {
      const params = { path: { impersonationId: id } };
      if (step === 'approve')
        return answer(api.POST('/v1/impersonations/{impersonationId}/approve', { params }));
      if (step === 'deny') return answer(api.POST('/v1/impersonations/{impersonationId}/deny', { params }));
      return answer(api.POST('/v1/impersonations/{impersonationId}/end', { params }));
    },
    { done: (_, { step }) => done[step], stale: [['impersonations'], ['audit']] },
  );
  return (
    <Page
      title="Support access"
      about="Support acts for a member only where somebody here allowed it: for half an hour, without rights over access, security or money, and with everything in the audit trail."
    >
      <Problem error={decide.error} />
      <Section title="Requests" flush>
        <PagedTable
          label="Requests of support"
          pages={requests}
          keyOf={({ id }) => id}
          empty={
            <Empty title="Support has asked for nothing">
              When it does, it says why, and waits for your answer here.
            </Empty>
          }
          columns={[
            { header: 'Who', cell: (request) => <Who request={request} member={nameOf(request.memberId)} /> },
            { header: 'Status', cell: ({ status }) => <Status value={status} /> },
            { header: 'Asked', from: 'sm', cell: ({ createdAt }) => <When at={createdAt} /> },
            {
              header: 'Ends',
              from: 'md',
              cell: ({ endsAt, expiresAt, status }) => (
                <Ends at={status === 'started' ? endsAt : expiresAt} status={status} />
              ),
            },
            {
              header: '',
              isNumber: true,
              cell: ({ id, status, staffName }) => (
                <Steps status={status} who={staffName} onStep={(step) => decide.mutate({ id, step })} />
              ),
            },
          ]}
        />
      </Section>
    </Page>
  );
}

function Who({ request: { staffName, reason }, member }: { request: Request; member: string }) {
  return (
    <>
      <Text size="sm">
        <strong>{staffName}</strong> for {member}
      </Text>
      <Text size="xs" c="dimmed" className="break">
        {reason}
      </Text>
    </>
  );
}

function Ends({ at, status }: { at: string | null; status: Request['status'] }) {
  const isOpen = status === 'requested' || status === 'approved' || status === 'started';
  return isOpen ? <When at={at} /> : <span>–</span>;
}

type StepsProps = { status: Request['status']; who: string; onStep: (step: Step) => void };

function Steps({ status, who, onStep }: StepsProps) {
  const { may } = useTenant();
  if (!may('support:approve')) return null;
  if (status === 'requested') {
    return (
      <Group gap={4} justify="flex-end">
        <Button size="compact-xs" aria-label={`Allow ${who}`} onClick={() => onStep('approve')}>
          Allow
        </Button>
        <Button
          size="compact-xs"
          variant="default"
          aria-label={`Refuse ${who}`}
          onClick={() => onStep('deny')}
        >
          Refuse
        </Button>
      </Group>
    );
  }
  if (status !== 'approved' && status !== 'started') return null;
  return (
    <Button
      size="compact-xs"
      color="red"
      variant="subtle"
      aria-label={`End it for ${who}`}
      onClick={() => onStep('end')}
    >
      End it
    </Button>
  );
}
