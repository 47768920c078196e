/** People of all tenants, by a part of their address or name. Looking takes a reason and is audited. */
import { Stack, Text } from '@mantine/core';
import { answer, type Thing } from '../../api/client.ts';
import { useChange } from '../../hooks/data.ts';
import { DataTable } from '../../parts/data-table.tsx';
import { Empty } from '../../parts/empty.tsx';
import { LookForm } from '../../parts/look-form.tsx';
import { Page, Section } from '../../parts/page.tsx';
import { Problem } from '../../parts/problem.tsx';
import { capital } from '../../parts/status.tsx';
import { When } from '../../parts/when.tsx';

type User = Thing<'PlatformUser'>;

const fewestLetters = 3;

export default function PlatformUsersPage() {
  // Not a read that is repeated whenever the page is shown: each one stands in the trail.
  const look = useChange(
    (api, query: { search: string; reason: string }) =>
      answer(api.GET('/v1/platform/users', { params: { query } })),
    { stale: [['audit']] },
  );
  return (
    <Page
      title="Users"
      about="Who has an account in this region, and in which tenants. That you looked stands in the platform’s trail."
    >
      <LookForm
        label="Whom"
        description="Part of the address or the name, or the id"
        fewestLetters={fewestLetters}
        isBusy={look.isPending}
        onLook={({ text: search, reason }) => look.mutate({ search, reason })}
      />
      <Problem error={look.error} />
      {look.data !== undefined && <Found {...look.data} />}
    </Page>
  );
}

function Found({ items, isCut }: { items: User[]; isCut: boolean }) {
  if (items.length === 0) return <Empty title="Nobody fits">Look for another part of the address.</Empty>;
  return (
    <Section title="Found" flush>
      {isCut && (
        <Text size="sm" px="md" pb="sm">
          More people fit: say more of the address to see the others.
        </Text>
      )}
      <DataTable
        label="Users"
        rows={items}
        keyOf={({ id }) => id}
        columns={[
          { header: 'Person', cell: (user) => <Named user={user} /> },
          { header: 'Member of', cell: (user) => <Memberships user={user} /> },
          { header: 'Since', from: 'sm', cell: ({ createdAt }) => <When at={createdAt} /> },
        ]}
      />
    </Section>
  );
}

function Named({ user: { name, email, id } }: { user: User }) {
  return (
    <>
      <Text size="sm" fw={500} className="break">
        {name}
      </Text>
      <Text size="xs" c="dimmed" className="break">
        {email}
      </Text>
      <Text size="xs" c="dimmed" className="break" visibleFrom="sm">
        {id}
      </Text>
    </>
  );
}

function Memberships({ user: { memberships } }: { user: User }) {
  if (memberships.length === 0) return 'No tenant';
  return (
    <Stack gap={2}>
      {memberships.map(({ tenantId, name, role }) => (
        <Text key={tenantId} size="sm" className="break">
          {name}, {capital(role)}
        </Text>
      ))}
    </Stack>
  );
}
