/** Flags that a tenant may set for itself. */
import { Stack, Switch } from '@mantine/core';
import { answer, type Thing } from '../../api/client.ts';
import { useChange } from '../../hooks/data.ts';
import { useTenant } from '../../hooks/tenant.ts';
import { Section } from '../../parts/page.tsx';
import { Problem } from '../../parts/problem.tsx';
import { capital } from '../../parts/status.tsx';

export function Flags({ features }: { features: Thing<'Features'> }) {
  const { may } = useTenant();
  const change = useChange(
    (api, flags: Record<string, boolean>) => answer(api.PATCH('/v1/settings', { body: { flags } })),
    { done: () => 'The flag was set.', stale: [['settings'], ['features'], ['audit']] },
  );
  const own = features.flags.filter(({ mayBeSet }) => mayBeSet);
  return (
    <Section title="Features">
      <Problem error={change.error} />
      <Stack gap="sm">
        {own.map(({ name, summary, on, reason }) => (
          <Switch
            key={name}
            label={summary}
            description={capital(reason)}
            checked={on}
            disabled={!may('settings:write') || change.isPending}
            onChange={(event) => change.mutate({ [name]: event.currentTarget.checked })}
          />
        ))}
      </Stack>
    </Section>
  );
}
