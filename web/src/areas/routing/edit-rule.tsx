/** One rule: when it fits, and which model or class it then chooses. */
import { Checkbox, Group, NativeSelect, NumberInput, Switch, TextInput } from '@mantine/core';
import { useState } from 'react';
import { modelClasses } from '#shared/config/models.ts';
import { answer } from '../../api/client.ts';
import { useRead } from '../../hooks/data.ts';
import { FormDialog } from '../../parts/form.tsx';
import { capital } from '../../parts/status.tsx';
import { choices, type Rule, thresholds } from './rules.ts';

type EditRuleProps = {
  rule: Rule | undefined;
  taken: readonly string[];
  isPlatform: boolean;
  onKeep: (rule: Rule) => void;
  onClose: () => void;
};

export function EditRule({ rule, taken, isPlatform, onKeep, onClose }: EditRuleProps) {
  const [name, setName] = useState(rule?.name ?? '');
  const [use, setUse] = useState<string>(rule?.use ?? 'haiku');
  const [when, setWhen] = useState<Rule['when']>(rule?.when ?? {});
  const [firm, setFirm] = useState(rule?.firm ?? false);
  const models = useModelNames(isPlatform);
  const isTaken = taken.includes(name);
  const keep = () => {
    const kept = Object.fromEntries(
      Object.entries(when).filter(([, value]) =>
        Array.isArray(value) ? value.length > 0 : value !== undefined,
      ),
    );
    onKeep({ name, use, when: kept, ...(isPlatform ? {} : { firm }) });
  };
  return (
    <FormDialog
      title={rule === undefined ? 'Add a rule' : `Change ${rule.name}`}
      submit="Keep the rule"
      isBusy={false}
      error={undefined}
      isReady={/^[a-z][a-z0-9-]{0,39}$/.test(name) && !isTaken}
      onSubmit={keep}
      onClose={onClose}
    >
      <TextInput
        label="Name"
        description="Small letters, digits and hyphens; answers and the ledger name the rule by it"
        required
        data-autofocus
        error={isTaken ? 'Another rule has this name' : undefined}
        value={name}
        onChange={(event) => setName(event.currentTarget.value)}
      />
      <NativeSelect
        label="Chooses"
        data={[
          { group: 'Classes', items: modelClasses.map((value) => ({ value, label: capital(value) })) },
          { group: 'Models', items: models },
        ]}
        value={use}
        onChange={(event) => setUse(event.currentTarget.value)}
      />
      {choices
        .filter((choice) => isPlatform || !choice.isPlatform)
        .map(({ name: field, label, values }) => (
          <Checkbox.Group
            key={field}
            label={label}
            description="None: any"
            value={when[field] ?? []}
            onChange={(chosen) => setWhen((before) => ({ ...before, [field]: chosen }))}
          >
            <Group gap="md" mt={4}>
              {values.map((value) => (
                <Checkbox key={value} size="xs" value={value} label={capital(value)} />
              ))}
            </Group>
          </Checkbox.Group>
        ))}
      {thresholds.map(({ name: field, label, max }) => (
        <NumberInput
          key={field}
          label={label}
          placeholder="does not matter"
          min={0}
          max={max}
          value={when[field] ?? ''}
          onChange={(value) =>
            setWhen((before) => ({ ...before, [field]: typeof value === 'number' ? value : undefined }))
          }
        />
      ))}
      {!isPlatform && (
        <Switch
          label="Firm"
          description="It holds as well where the caller names a model"
          checked={firm}
          onChange={(event) => setFirm(event.currentTarget.checked)}
        />
      )}
    </FormDialog>
  );
}

/** Models of the tenant; the staff belong to none, and choose between classes. */
function useModelNames(isPlatform: boolean): string[] {
  const models = useRead(['models'], (api) => answer(api.GET('/v1/ai/models')), { enabled: !isPlatform });
  return (models.data?.items ?? []).map(({ name }) => name);
}
