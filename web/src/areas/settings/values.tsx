/** Values for the tenant’s own modules, by name. No secrets: every member reads them. */
import { Button, Group, Text, TextInput } from '@mantine/core';
import { useState } from 'react';
import { answer, type Thing } from '../../api/client.ts';
import { useChange } from '../../hooks/data.ts';
import { useTenant } from '../../hooks/tenant.ts';
import { DataTable } from '../../parts/data-table.tsx';
import { Section } from '../../parts/page.tsx';
import { Problem } from '../../parts/problem.tsx';

export function Values({ settings }: { settings: Thing<'TenantSettings'> }) {
  const { may } = useTenant();
  const [name, setName] = useState('');
  const [value, setValue] = useState('');
  const change = useChange(
    (api, environment: Record<string, string | null>) =>
      answer(api.PATCH('/v1/settings', { body: { environment } })),
    { done: () => 'The values were changed.', stale: [['settings'], ['audit']] },
  );
  const rows = Object.entries(settings.environment).map(([key, text]) => ({ key, text }));
  return (
    <Section
      title="Values"
      about="For the tenant’s own modules. Every member can read them: keep no secrets here."
      flush
    >
      {rows.length > 0 && (
        <DataTable
          label="Values"
          rows={rows}
          keyOf={({ key }) => key}
          columns={[
            { header: 'Name', cell: ({ key }) => <code className="break">{key}</code> },
            {
              header: 'Value',
              cell: ({ text }) => (
                <Text size="sm" className="break">
                  {text}
                </Text>
              ),
            },
            {
              header: '',
              isNumber: true,
              cell: ({ key }) =>
                may('settings:write') && (
                  <Button
                    size="compact-xs"
                    variant="subtle"
                    color="red"
                    aria-label={`Remove ${key}`}
                    onClick={() => change.mutate({ [key]: null })}
                  >
                    Remove
                  </Button>
                ),
            },
          ]}
        />
      )}
      <Problem error={change.error} />
      {may('settings:write') && (
        <form
          onSubmit={(event) => {
            event.preventDefault();
            change.mutate(
              { [name]: value },
              {
                onSuccess: () => {
                  setName('');
                  setValue('');
                },
              },
            );
          }}
        >
          <Group align="flex-end" gap="sm" p="md">
            <TextInput
              label="Name"
              required
              size="xs"
              pattern="[A-Z][A-Z0-9_]{0,63}"
              placeholder="SHOP_CURRENCY"
              title="Capitals, digits and underscores"
              value={name}
              onChange={(event) => setName(event.currentTarget.value.toUpperCase())}
            />
            <TextInput
              label="Value"
              required
              size="xs"
              maxLength={1_000}
              value={value}
              onChange={(event) => setValue(event.currentTarget.value)}
            />
            <Button type="submit" size="xs" variant="default" loading={change.isPending}>
              Add
            </Button>
          </Group>
        </form>
      )}
    </Section>
  );
}
