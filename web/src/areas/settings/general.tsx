/** The tenant’s name and time zone. */
import { TextInput } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { answer, type Thing } from '../../api/client.ts';
import { useChange } from '../../hooks/data.ts';
import { useTenant } from '../../hooks/tenant.ts';
import { PlainForm } from '../../parts/form.tsx';
import { Section } from '../../parts/page.tsx';

type GeneralProps = { tenant: Thing<'Tenant'>; settings: Thing<'TenantSettings'> };

const zones = Intl.supportedValuesOf('timeZone');

export function General({ tenant, settings }: GeneralProps) {
  const { may } = useTenant();
  const client = useQueryClient();
  const [name, setName] = useState(tenant.name);
  const [timeZone, setTimeZone] = useState(settings.timeZone);
  const save = useChange(
    async (api, _: undefined) => {
      if (name !== tenant.name) await answer(api.PATCH('/v1/tenant', { body: { name: name.trim() } }));
      if (timeZone !== settings.timeZone) await answer(api.PATCH('/v1/settings', { body: { timeZone } }));
      // The name stands in the switcher as well.
      await client.invalidateQueries({ queryKey: ['me', 'memberships'] });
    },
    { done: () => 'The settings were saved.', stale: [['tenant'], ['settings'], ['usage'], ['audit']] },
  );
  const isChanged = name !== tenant.name || timeZone !== settings.timeZone;
  const mayChange = may('tenant:update') && may('settings:write');
  return (
    <Section title="General">
      <PlainForm
        submit="Save"
        isBusy={save.isPending}
        error={save.error}
        isReady={mayChange && isChanged && name.trim() !== ''}
        onSubmit={() => save.mutate(undefined)}
      >
        <TextInput
          label="Name"
          maxLength={100}
          maw="24rem"
          readOnly={!mayChange}
          value={name}
          onChange={(event) => setName(event.currentTarget.value)}
        />
        <TextInput
          label="Time zone"
          description="Days and months of limits and of costs begin there"
          maw="24rem"
          list="time-zones"
          readOnly={!mayChange}
          value={timeZone}
          onChange={(event) => setTimeZone(event.currentTarget.value)}
        />
        <datalist id="time-zones">
          {zones.map((zone) => (
            <option key={zone} value={zone} />
          ))}
        </datalist>
      </PlainForm>
    </Section>
  );
}
