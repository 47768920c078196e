/** What a day may cost before the owners are told. */
import { Button, Group, Text, TextInput } from '@mantine/core';
import { useState } from 'react';
import { answer, type Thing } from '../../api/client.ts';
import { useChange, useRead } from '../../hooks/data.ts';
import { useTenant } from '../../hooks/tenant.ts';
import { dollarsIn, sayDollars } from '../../parts/dollars.ts';
import { Loading, Section } from '../../parts/page.tsx';
import { Problem } from '../../parts/problem.tsx';

export function DailyAlert() {
  const alert = useRead(['daily-alert'], (api) => answer(api.GET('/v1/ai/daily-alert')));
  return (
    <Section
      title="A dear day"
      about="Owners get a mail, once a day, when a day costs more than this. It stops nothing: budgets do."
    >
      {alert.isPending && <Loading lines={2} />}
      <Problem error={alert.error} retry={() => void alert.refetch()} />
      {alert.data !== undefined && <Threshold alert={alert.data} key={alert.data.threshold} />}
    </Section>
  );
}

function Threshold({ alert }: { alert: Thing<'AiDailyAlert'> }) {
  const { may } = useTenant();
  const [text, setText] = useState(alert.threshold);
  const save = useChange(
    (api, threshold: string | null) => answer(api.PUT('/v1/ai/daily-alert', { body: { threshold } })),
    { done: (saved) => `Owners are told at ${sayDollars(saved.threshold)} a day.`, stale: [['daily-alert']] },
  );
  const amount = dollarsIn(text);
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        if (amount !== undefined) save.mutate(amount);
      }}
    >
      <Problem error={save.error} />
      <Group align="flex-end" gap="sm">
        <TextInput
          label="Dollars a day"
          inputMode="decimal"
          error={amount === undefined ? 'An amount such as 25 or 12.50' : undefined}
          readOnly={!may('ai:manage')}
          value={text}
          onChange={(event) => setText(event.currentTarget.value)}
        />
        {may('ai:manage') && (
          <Button
            type="submit"
            variant="default"
            loading={save.isPending}
            disabled={amount === undefined || amount === alert.threshold}
          >
            Save
          </Button>
        )}
        {may('ai:manage') && !alert.isDefault && (
          <Button variant="subtle" onClick={() => save.mutate(null)}>
            Back to the plan’s own
          </Button>
        )}
      </Group>
      <Text size="xs" c="dimmed" mt="xs">
        Today cost {sayDollars(alert.spentToday)}
        {alert.toldToday ? '; the owners were told.' : '.'}
      </Text>
    </form>
  );
}
