/** How models write: the tenant’s choice, and one’s own before it. */
import { NativeSelect, SimpleGrid, Stack, Text } from '@mantine/core';
import { lengthNames, toneNames } from '#shared/config/prompts.ts';
import { answer, type Thing } from '../../api/client.ts';
import { useChange, useRead } from '../../hooks/data.ts';
import { useTenant } from '../../hooks/tenant.ts';
import { Loading, Section } from '../../parts/page.tsx';
import { Problem } from '../../parts/problem.tsx';
import { capital } from '../../parts/status.tsx';

type Chosen = Thing<'AiPreferences'>['own'];
type Change = Partial<Chosen>;

const stale = [['preferences'], ['audit']];

export function Preferences() {
  const { may } = useTenant();
  const preferences = useRead(['preferences'], (api) => answer(api.GET('/v1/ai/preferences')));
  const forTenant = useChange((api, body: Change) => answer(api.PATCH('/v1/ai/preferences', { body })), {
    done: () => 'The tenant’s preference was saved.',
    stale,
  });
  const forOneself = useChange((api, body: Change) => answer(api.PATCH('/v1/ai/preferences/own', { body })), {
    done: () => 'Your preference was saved.',
    stale,
  });
  return (
    <Section
      title="How models write"
      about="Your own choice comes first; where you have none, the tenant’s holds."
    >
      {preferences.isPending && <Loading />}
      <Problem error={preferences.error ?? forTenant.error ?? forOneself.error} />
      {preferences.data !== undefined && (
        <SimpleGrid cols={{ base: 1, sm: 2 }}>
          <Choices
            title="For you"
            chosen={preferences.data.own}
            none="As the tenant"
            onChoose={forOneself.mutate}
          />
          <Choices
            title="For the tenant"
            chosen={preferences.data.tenant}
            none="No preference"
            disabled={!may('ai:manage')}
            onChoose={forTenant.mutate}
          />
        </SimpleGrid>
      )}
    </Section>
  );
}

type ChoicesProps = {
  title: string;
  chosen: Chosen;
  none: string;
  disabled?: boolean;
  onChoose: (change: Change) => void;
};

const fields: readonly { name: keyof Chosen; label: string; values: readonly string[] }[] = [
  { name: 'tone', label: 'Tone', values: toneNames },
  { name: 'length', label: 'Length', values: lengthNames },
  { name: 'model', label: 'Class of model', values: ['haiku', 'sonnet', 'opus'] },
];

function Choices({ title, chosen, none, disabled = false, onChoose }: ChoicesProps) {
  return (
    <Stack gap="xs" role="group" aria-label={title}>
      <Text fw={500} size="sm">
        {title}
      </Text>
      {fields.map(({ name, label, values }) => (
        <NativeSelect
          key={name}
          label={label}
          size="xs"
          disabled={disabled}
          data={[{ value: '', label: none }, ...values.map((value) => ({ value, label: capital(value) }))]}
          value={chosen[name] ?? ''}
          onChange={(event) => {
            const value = event.currentTarget.value;
            onChoose({ [name]: value === '' ? null : value });
          }}
        />
      ))}
    </Stack>
  );
}
