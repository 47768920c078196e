/** Stopping a kind of effect for this tenant at once, and letting it go on. */
import { Stack, Switch } from '@mantine/core';
import { useState } from 'react';
import { type KillSwitch, killSwitches, killSwitchNames } from '#shared/config/capabilities.ts';
import { answer, type Thing } from '../../api/client.ts';
import { useChange } from '../../hooks/data.ts';
import { useTenant } from '../../hooks/tenant.ts';
import { Confirm } from '../../parts/confirm.tsx';
import { Section } from '../../parts/page.tsx';
import { Problem } from '../../parts/problem.tsx';

export function KillSwitches({ settings }: { settings: Thing<'TenantSettings'> }) {
  const { may } = useTenant();
  const [stopping, setStopping] = useState<KillSwitch>();
  const change = useChange(
    (api, { name, isOff }: { name: KillSwitch; isOff: boolean }) =>
      answer(api.PATCH('/v1/settings', { body: { switchedOff: { [name]: isOff } } })),
    {
      done: (_, { name, isOff }) =>
        isOff ? `${killSwitches[name]} is stopped.` : `${killSwitches[name]} goes on.`,
      stale: [['settings'], ['features'], ['audit']],
    },
  );
  return (
    <Section
      title="Kill switches"
      about="For emergencies: whatever is stopped is refused from the next request on."
    >
      <Problem error={stopping === undefined ? change.error : undefined} />
      <Stack gap="sm">
        {killSwitchNames.map((name) => (
          <Switch
            key={name}
            label={killSwitches[name]}
            description={settings.switchedOff[name] === true ? 'Stopped' : 'Allowed'}
            checked={settings.switchedOff[name] !== true}
            disabled={!may('settings:write') || change.isPending}
            onChange={(event) => {
              if (event.currentTarget.checked) change.mutate({ name, isOff: false });
              else setStopping(name);
            }}
          />
        ))}
      </Stack>
      {stopping !== undefined && (
        <Confirm
          title={`Stop: ${killSwitches[stopping].toLowerCase()}?`}
          action="Stop it"
          isBusy={change.isPending}
          error={change.error}
          onConfirm={() =>
            change.mutate({ name: stopping, isOff: true }, { onSuccess: () => setStopping(undefined) })
          }
          onClose={() => setStopping(undefined)}
        >
          It stays stopped for the whole tenant until somebody allows it again here.
        </Confirm>
      )}
    </Section>
  );
}
