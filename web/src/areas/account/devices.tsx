/** Devices with the app: what one has signed in on. */
import { Button } from '@mantine/core';
import { answer } from '../../api/client.ts';
import { useChange, useRead } from '../../hooks/data.ts';
import { DataTable } from '../../parts/data-table.tsx';
import { Empty } from '../../parts/empty.tsx';
import { Loading, Section } from '../../parts/page.tsx';
import { Problem } from '../../parts/problem.tsx';
import { When } from '../../parts/when.tsx';

export function Devices() {
  const list = useRead(['devices'], (api) => answer(api.GET('/v1/me/devices')));
  const end = useChange(
    (api, deviceId: string) =>
      answer(api.DELETE('/v1/me/devices/{deviceId}', { params: { path: { deviceId } } })),
    { done: () => 'You are signed out on that device.', stale: [['devices'], ['sessions']] },
  );
  return (
    <Section title="Devices" about="Phones and tablets that name themselves when they sign in." flush>
      {list.isPending && <Loading lines={2} />}
      <Problem error={list.error ?? end.error} />
      {list.data?.items.length === 0 && (
        <Empty title="No devices">
          Browsers stand among the sessions; apps appear here once you sign in with one.
        </Empty>
      )}
      {list.data !== undefined && list.data.items.length > 0 && (
        <DataTable
          label="Devices"
          rows={list.data.items}
          keyOf={({ id }) => id}
          columns={[
            { header: 'Device', cell: ({ name, os }) => (os === null ? name : `${name}, ${os}`) },
            { header: 'App', from: 'md', cell: ({ appVersion }) => appVersion ?? 'unknown' },
            { header: 'Last seen', cell: ({ lastSeenAt }) => <When at={lastSeenAt} /> },
            { header: 'Sessions', isNumber: true, from: 'sm', cell: ({ sessions }) => sessions },
            {
              header: '',
              isNumber: true,
              cell: ({ id, name, sessions }) =>
                sessions > 0 && (
                  <Button
                    size="compact-xs"
                    variant="subtle"
                    color="red"
                    aria-label={`Sign out on ${name}`}
                    onClick={() => end.mutate(id)}
                  >
                    Sign out
                  </Button>
                ),
            },
          ]}
        />
      )}
    </Section>
  );
}
