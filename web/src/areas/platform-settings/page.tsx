/** What holds for every tenant: kill switches, and what was decided about capabilities and flags. */
import { NativeSelect, Stack, Switch, Text } from '@mantine/core';
import { useState } from 'react';
import {
  type Capability,
  capabilities,
  type CapabilityName,
  killSwitches,
  killSwitchNames,
  optionalCapabilityNames,
} from '#shared/config/capabilities.ts';
import { flagNames, flags } from '#shared/config/flags.ts';
import { answer, type Thing } from '../../api/client.ts';
import { mayForPlatform, useConsole } from '../../hooks/console.ts';
import { useChange, useRead } from '../../hooks/data.ts';
import { DataTable } from '../../parts/data-table.tsx';
import { FormDialog } from '../../parts/form.tsx';
import { Loading, Page, Section } from '../../parts/page.tsx';
import { Problem } from '../../parts/problem.tsx';
import { isReason, Reason } from '../../parts/reason.tsx';

type Settings = Thing<'PlatformSettings'>;
/** One thing to change, and how it is put to whoever confirms it. */
type Change = {
  title: string;
  effect: string;
  body: {
    switchedOff?: Record<string, boolean>;
    capabilities?: Record<string, boolean | null>;
    flags?: Record<string, boolean | null>;
  };
};

/** What exists already; the rest cannot be turned on. */
const existing = optionalCapabilityNames.filter(
  (name) => (capabilities[name] as Capability).planned !== true,
);

export default function PlatformSettingsPage() {
  const { staffRoles } = useConsole();
  const mayChange = mayForPlatform(staffRoles, 'platform:settings:write');
  const [change, setChange] = useState<Change>();
  const settings = useRead(['settings'], (api) => answer(api.GET('/v1/platform/settings')));
  return (
    <Page
      title="Switches and features"
      about="For every tenant, from the next request on. Each change takes a reason."
    >
      <Problem error={settings.error} retry={() => void settings.refetch()} />
      {settings.isPending && (
        <Section title="Kill switches">
          <Loading />
        </Section>
      )}
      {settings.data !== undefined && (
        <>
          <Switches settings={settings.data} mayChange={mayChange} onChange={setChange} />
          <Decisions
            title="Capabilities"
            rows={existing.map((name) => ({
              name,
              summary: capabilities[name].summary,
              decided: settings.data.capabilities[name],
            }))}
            kind="capabilities"
            mayChange={mayChange}
            onChange={setChange}
          />
          <Decisions
            title="Flags"
            rows={flagNames.map((name) => ({
              name,
              summary: flags[name].summary,
              decided: settings.data.flags[name],
            }))}
            kind="flags"
            mayChange={mayChange}
            onChange={setChange}
          />
        </>
      )}
      {change !== undefined && <ConfirmChange change={change} onClose={() => setChange(undefined)} />}
    </Page>
  );
}

type PartProps = { mayChange: boolean; onChange: (change: Change) => void };

function Switches({ settings, mayChange, onChange }: PartProps & { settings: Settings }) {
  return (
    <Section title="Kill switches" about="For emergencies: what is stopped is refused for everybody.">
      <Stack gap="sm">
        {killSwitchNames.map((name) => {
          const isOff = settings.switchedOff[name] === true;
          return (
            <Switch
              key={name}
              label={killSwitches[name]}
              description={isOff ? 'Stopped for all tenants' : 'Allowed'}
              checked={!isOff}
              disabled={!mayChange}
              onChange={() =>
                onChange({
                  title: isOff ? `Allow again: ${killSwitches[name]}` : `Stop for all: ${killSwitches[name]}`,
                  effect: isOff
                    ? 'It works again for every tenant.'
                    : 'It is refused for every tenant until it is allowed again.',
                  body: { switchedOff: { [name]: !isOff } },
                })
              }
            />
          );
        })}
      </Stack>
    </Section>
  );
}

type Row = {
  name: CapabilityName | (typeof flagNames)[number];
  summary: string;
  decided: boolean | undefined;
};
type DecisionsProps = PartProps & { title: string; rows: readonly Row[]; kind: 'capabilities' | 'flags' };

const options = [
  { value: '', label: 'By plan and default' },
  { value: 'on', label: 'On for all' },
  { value: 'off', label: 'Off for all' },
];

function Decisions({ title, rows, kind, mayChange, onChange }: DecisionsProps) {
  return (
    <Section title={title} flush>
      <DataTable
        label={title}
        rows={rows}
        keyOf={({ name }) => name}
        columns={[
          {
            header: 'Name',
            cell: ({ name, summary }) => (
              <>
                <Text size="sm">{summary}</Text>
                <Text size="xs" c="dimmed">
                  <code>{name}</code>
                </Text>
              </>
            ),
          },
          {
            header: 'Decided',
            isNumber: true,
            cell: ({ name, summary, decided }) => (
              <NativeSelect
                size="xs"
                aria-label={`${summary}: decided`}
                disabled={!mayChange}
                data={options}
                value={decided === undefined ? '' : decided ? 'on' : 'off'}
                onChange={(event) => {
                  const chosen = event.currentTarget.value;
                  const value = chosen === '' ? null : chosen === 'on';
                  onChange({
                    title: summary,
                    effect: options.find((option) => option.value === chosen)?.label ?? chosen,
                    body: { [kind]: { [name]: value } },
                  });
                }}
              />
            ),
          },
        ]}
      />
    </Section>
  );
}

function ConfirmChange({ change, onClose }: { change: Change; onClose: () => void }) {
  const [reason, setReason] = useState('');
  const save = useChange(
    (api, why: string) =>
      answer(api.PATCH('/v1/platform/settings', { body: { reason: why, ...change.body } })),
    { done: () => 'It holds for every tenant.', stale: [['settings'], ['audit']] },
  );
  return (
    <FormDialog
      title={change.title}
      submit="Change it for all"
      isBusy={save.isPending}
      error={save.error}
      isReady={isReason(reason)}
      onSubmit={() => save.mutate(reason.trim(), { onSuccess: onClose })}
      onClose={onClose}
    >
      <Text size="sm">{change.effect}</Text>
      <Reason value={reason} onChange={setReason} />
    </FormDialog>
  );
}
