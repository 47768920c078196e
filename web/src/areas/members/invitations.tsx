/** Invitations that wait, and what became of the others. */
import { Button } from '@mantine/core';
import { answer } from '../../api/client.ts';
import { useChange, usePages } from '../../hooks/data.ts';
import { useTenant } from '../../hooks/tenant.ts';
import { PagedTable } from '../../parts/data-table.tsx';
import { Empty } from '../../parts/empty.tsx';
import { Section } from '../../parts/page.tsx';
import { Problem } from '../../parts/problem.tsx';
import { Status } from '../../parts/status.tsx';
import { When } from '../../parts/when.tsx';

export function Invitations() {
  const { may } = useTenant();
  const invitations = usePages(['invitations'], (api, cursor) =>
    answer(api.GET('/v1/invitations', { params: { query: { limit: 20, ...cursor } } })),
  );
  const withdraw = useChange(
    (api, { id }: { id: string; email: string }) =>
      answer(api.DELETE('/v1/invitations/{invitationId}', { params: { path: { invitationId: id } } })),
    {
      done: (_, { email }) => `The invitation of ${email} was withdrawn.`,
      stale: [['invitations'], ['usage']],
    },
  );
  return (
    <Section
      title="Invitations"
      about="A link is valid for seven days and works for the invited address only."
      flush
    >
      <Problem error={withdraw.error} />
      <PagedTable
        label="Invitations"
        pages={invitations}
        keyOf={({ id }) => id}
        empty={<Empty title="No invitations">Whoever you invite gets a mail with a link to join.</Empty>}
        columns={[
          { header: 'E-mail', cell: ({ email }) => <span className="break">{email}</span> },
          { header: 'Role', from: 'xs', cell: ({ role }) => <Status value={role} /> },
          { header: 'Status', cell: ({ status }) => <Status value={status} /> },
          { header: 'Sent', from: 'md', cell: ({ createdAt }) => <When at={createdAt} /> },
          {
            header: 'Ends',
            from: 'sm',
            cell: ({ status, expiresAt }) => (status === 'pending' ? <When at={expiresAt} /> : '–'),
          },
          {
            header: '',
            isNumber: true,
            cell: ({ id, email, status }) =>
              status === 'pending' &&
              may('members:invite') && (
                <Button
                  size="compact-xs"
                  variant="subtle"
                  color="red"
                  aria-label={`Withdraw the invitation of ${email}`}
                  onClick={() => withdraw.mutate({ id, email })}
                >
                  Withdraw
                </Button>
              ),
          },
        ]}
      />
    </Section>
  );
}
