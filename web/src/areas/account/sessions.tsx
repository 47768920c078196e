/** Where one is signed in; any of it can be ended at once. */
import { Badge, Button, Group, Text } from '@mantine/core';
import { useState } from 'react';
import { answer, type Thing } from '../../api/client.ts';
import { useConsole } from '../../hooks/console.ts';
import { useChange, useRead } from '../../hooks/data.ts';
import { Confirm } from '../../parts/confirm.tsx';
import { DataTable } from '../../parts/data-table.tsx';
import { Loading, Section } from '../../parts/page.tsx';
import { Problem } from '../../parts/problem.tsx';
import { When } from '../../parts/when.tsx';

export function Sessions() {
  const { session } = useConsole();
  const [isAsking, setIsAsking] = useState(false);
  const list = useRead(['sessions'], (api) => answer(api.GET('/v1/me/sessions')));
  const stale = [['sessions'], ['devices']];
  const end = useChange(
    (api, sessionId: string) =>
      answer(api.DELETE('/v1/me/sessions/{sessionId}', { params: { path: { sessionId } } })),
    { done: () => 'The session was ended.', stale },
  );
  const endOthers = useChange(
    (api, _: undefined) =>
      answer(api.DELETE('/v1/me/sessions', { params: { query: { keepCurrent: 'true' } } })),
    { done: () => 'You are signed out everywhere else.', stale },
  );
  const items = list.data?.items ?? [];
  return (
    <Section
      title="Sessions"
      about="Where you are signed in. A session ends after half an hour without a request."
      flush
      actions={
        items.length > 1 && (
          <Button size="xs" variant="default" onClick={() => setIsAsking(true)}>
            Sign out everywhere else
          </Button>
        )
      }
    >
      {list.isPending && <Loading />}
      <Problem error={list.error ?? end.error} />
      {list.data !== undefined && (
        <DataTable
          label="Sessions"
          rows={items}
          keyOf={({ id }) => id}
          columns={[
            { header: 'Where', cell: (one) => <Where session={one} /> },
            { header: 'Address', from: 'sm', cell: ({ ip }) => ip ?? 'unknown' },
            { header: 'Signed in', from: 'md', cell: ({ startedAt }) => <When at={startedAt} /> },
            { header: 'Last seen', from: 'xs', cell: ({ lastSeenAt }) => <When at={lastSeenAt} /> },
            {
              header: '',
              isNumber: true,
              cell: ({ id, isCurrent, client }) => (
                <Button
                  size="compact-xs"
                  variant="subtle"
                  color="red"
                  aria-label={isCurrent ? 'Sign out here' : `End the session of ${client}`}
                  onClick={() => (isCurrent ? void session.signOut() : end.mutate(id))}
                >
                  {isCurrent ? 'Sign out' : 'End'}
                </Button>
              ),
            },
          ]}
        />
      )}
      {isAsking && (
        <Confirm
          title="Sign out everywhere else?"
          action="Sign out there"
          isBusy={endOthers.isPending}
          error={endOthers.error}
          onConfirm={() => endOthers.mutate(undefined, { onSuccess: () => setIsAsking(false) })}
          onClose={() => setIsAsking(false)}
        >
          All sessions but this one end at once. Whoever uses them has to sign in again.
        </Confirm>
      )}
    </Section>
  );
}

function Where({ session }: { session: Thing<'Session'> }) {
  const { client, isCurrent, impersonation } = session;
  return (
    <>
      <Group gap={6}>
        <Text size="sm">{client}</Text>
        {isCurrent && <Badge color="green">This device</Badge>}
      </Group>
      {impersonation !== null && (
        <Text size="xs" c="dimmed">
          {impersonation.staffName} of support acts for you: {impersonation.reason}
        </Text>
      )}
    </>
  );
}
