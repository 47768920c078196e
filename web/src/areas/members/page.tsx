/** Who belongs to the tenant and in which role, and who is invited. */
import { ActionIcon, Badge, Button, Group, Menu, Text } from '@mantine/core';
import { useState } from 'react';
import { answer, type Thing } from '../../api/client.ts';
import { useConsole } from '../../hooks/console.ts';
import { usePages } from '../../hooks/data.ts';
import { useTenant } from '../../hooks/tenant.ts';
import { IconDots, IconPlus } from '../../icons.ts';
import { PagedTable } from '../../parts/data-table.tsx';
import { Empty } from '../../parts/empty.tsx';
import { Page, Section } from '../../parts/page.tsx';
import { Status } from '../../parts/status.tsx';
import { When } from '../../parts/when.tsx';
import { ChangeRole, Invite, RemoveMember } from './dialogs.tsx';
import { Invitations } from './invitations.tsx';

type Member = Thing<'Member'>;
type Doing = { what: 'invite' } | { what: 'role' | 'remove'; member: Member } | undefined;

export default function MembersPage() {
  const { may, name } = useTenant();
  const { profile } = useConsole();
  const [doing, setDoing] = useState<Doing>();
  const members = usePages(['members'], (api, cursor) =>
    answer(api.GET('/v1/members', { params: { query: { limit: 50, ...cursor } } })),
  );
  const close = () => setDoing(undefined);
  const mayChange = may('members:change_role') || may('members:remove');
  return (
    <Page
      title="Members"
      about={`People who belong to ${name}, and what their role lets them do.`}
      actions={
        may('members:invite') && (
          <Button leftSection={<IconPlus size={16} />} onClick={() => setDoing({ what: 'invite' })}>
            Invite
          </Button>
        )
      }
    >
      <Section title="Members" flush>
        <PagedTable
          label="Members"
          pages={members}
          keyOf={({ userId }) => userId}
          empty={<Empty title="Nobody is here yet" />}
          columns={[
            {
              header: 'Name',
              cell: (member) => <Person member={member} isSelf={member.userId === profile.id} />,
            },
            { header: 'Role', cell: ({ role }) => <Status value={role} /> },
            { header: 'Joined', from: 'sm', cell: ({ joinedAt }) => <When at={joinedAt} /> },
            ...(mayChange
              ? [
                  {
                    header: '',
                    isNumber: true,
                    cell: (member: Member) => <Actions member={member} onDo={setDoing} />,
                  },
                ]
              : []),
          ]}
        />
      </Section>
      <Invitations />
      {doing?.what === 'invite' && <Invite onClose={close} />}
      {doing?.what === 'role' && <ChangeRole member={doing.member} onClose={close} />}
      {doing?.what === 'remove' && <RemoveMember member={doing.member} onClose={close} />}
    </Page>
  );
}

function Person({ member: { name, email }, isSelf }: { member: Member; isSelf: boolean }) {
  return (
    <>
      <Group gap={6}>
        <Text size="sm" fw={500}>
          {name || email}
        </Text>
        {isSelf && <Badge color="gray">You</Badge>}
      </Group>
      {name !== '' && (
        <Text size="xs" c="dimmed" className="break">
          {email}
        </Text>
      )}
    </>
  );
}

function Actions({ member, onDo }: { member: Member; onDo: (doing: Doing) => void }) {
  const { may } = useTenant();
  return (
    <Menu position="bottom-end" shadow="md">
      <Menu.Target>
        <ActionIcon variant="subtle" color="gray" aria-label={`Actions for ${member.name || member.email}`}>
          <IconDots size={18} />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        {may('members:change_role') && (
          <Menu.Item onClick={() => onDo({ what: 'role', member })}>Change role</Menu.Item>
        )}
        {may('members:remove') && (
          <Menu.Item color="red" onClick={() => onDo({ what: 'remove', member })}>
            Remove from the tenant
          </Menu.Item>
        )}
      </Menu.Dropdown>
    </Menu>
  );
}
