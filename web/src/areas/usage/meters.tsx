/** What a tenant has used of its plan, as bars. */
import { Stack } from '@mantine/core';
import type { Thing } from '../../api/client.ts';
import { sayBytes } from '../../parts/bytes.ts';
import { UsageBar } from '../../parts/usage-bar.tsx';
import { capital } from '../../parts/status.tsx';
import { sayWhen } from '../../parts/when.tsx';

type Usage = Thing<'Usage'>;

const labels: Readonly<Record<string, string>> = {
  api_calls: 'API calls',
  exports: 'Exports',
  workflow_runs: 'Workflow runs',
  messages: 'Messages',
};
const windows: Readonly<Record<string, string>> = { hour: 'this hour', day: 'today', month: 'this month' };

/** `isShort` leaves out what has no limit or was not used. */
export function Meters({ usage, isShort = false }: { usage: Usage; isShort?: boolean }) {
  const meters = usage.meters.filter(
    ({ limit, usage: used, meter }) => !isShort || (limit !== null && (used > 0 || meter === 'api_calls')),
  );
  return (
    <Stack gap="md">
      {meters.map(({ meter, window, usage: used, limit, resetsAt }) => (
        <UsageBar
          key={`${meter} ${window}`}
          label={`${labels[meter] ?? capital(meter)} ${windows[window] ?? window}`}
          used={used}
          limit={limit ?? undefined}
          hint={isShort ? undefined : `Begins anew ${sayWhen(resetsAt)}`}
        />
      ))}
      <UsageBar
        label="Seats"
        used={usage.seats.usage}
        limit={usage.seats.limit ?? undefined}
        hint={isShort ? undefined : 'Members and open invitations'}
      />
      <UsageBar
        label="Storage"
        used={usage.storageBytes.usage}
        limit={usage.storageBytes.limit ?? undefined}
        say={sayBytes}
        hint={isShort ? undefined : 'What is stored as files'}
      />
    </Stack>
  );
}
