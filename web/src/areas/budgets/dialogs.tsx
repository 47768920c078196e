/** Setting a budget, and granting more than it allows for a while. */
import { NativeSelect, Radio, Stack, TextInput } from '@mantine/core';
import { useState } from 'react';
import { aiFeatureNames, aiFeatures } from '#shared/config/ai-features.ts';
import { answer } from '../../api/client.ts';
import { useChange, useRead } from '../../hooks/data.ts';
import { usePeople } from '../../hooks/names.ts';
import { useTenant } from '../../hooks/tenant.ts';
import { dollarsIn, sayDollars } from '../../parts/dollars.ts';
import { FormDialog } from '../../parts/form.tsx';
import type { Budget } from './budget-bar.tsx';
import { keyOf } from './keys.ts';

const stale = [['budgets'], ['audit']];
const wrongAmount = 'An amount such as 100 or 12.50';

export function SetBudget({ budget, onClose }: { budget: Budget | undefined; onClose: () => void }) {
  const [scope, setScope] = useState<Budget['scope']>(budget?.scope ?? 'tenant');
  const [subject, setSubject] = useState(budget?.subject ?? '');
  const [window, setWindow] = useState<Budget['window']>(budget?.window ?? 'month');
  const [policy, setPolicy] = useState<Budget['policy']>(budget?.policy ?? 'block');
  const [text, setText] = useState(budget?.limit ?? '');
  const subjects = useSubjects(scope);
  const limit = dollarsIn(text);
  const save = useChange(
    (api, amount: string) =>
      answer(
        api.PUT('/v1/ai/budgets', {
          body: { scope, window, limit: amount, policy, ...(scope === 'tenant' ? {} : { subject }) },
        }),
      ),
    { done: () => 'The budget holds from the next call on.', stale },
  );
  return (
    <FormDialog
      title={budget === undefined ? 'Set a budget' : 'Change the budget'}
      submit="Save"
      isBusy={save.isPending}
      error={save.error}
      isReady={limit !== undefined && (scope === 'tenant' || subject !== '')}
      onSubmit={() => {
        if (limit !== undefined) save.mutate(limit, { onSuccess: onClose });
      }}
      onClose={onClose}
    >
      <NativeSelect
        label="For"
        disabled={budget !== undefined}
        data={[
          { value: 'tenant', label: 'The whole tenant' },
          { value: 'user', label: 'One person' },
          { value: 'feature', label: 'One feature' },
          { value: 'api_key', label: 'One API key' },
        ]}
        value={scope}
        onChange={(event) => {
          setScope(event.currentTarget.value as Budget['scope']);
          setSubject('');
        }}
      />
      {scope !== 'tenant' && (
        <NativeSelect
          label="Whom"
          disabled={budget !== undefined}
          data={[{ value: '', label: 'Choose' }, ...subjects]}
          value={subject}
          onChange={(event) => setSubject(event.currentTarget.value)}
        />
      )}
      <NativeSelect
        label="Each"
        disabled={budget !== undefined}
        data={[
          { value: 'month', label: 'Month' },
          { value: 'day', label: 'Day' },
        ]}
        value={window}
        onChange={(event) => setWindow(event.currentTarget.value as Budget['window'])}
      />
      <TextInput
        label="Dollars"
        inputMode="decimal"
        required
        error={text !== '' && limit === undefined ? wrongAmount : undefined}
        value={text}
        onChange={(event) => setText(event.currentTarget.value)}
      />
      <Radio.Group label="Beyond it" value={policy} onChange={(value) => setPolicy(value)}>
        <Stack gap={6} mt={4}>
          <Radio value="block" label="Calls are refused" />
          <Radio value="overage" label="Calls go on and are charged" />
        </Stack>
      </Radio.Group>
    </FormDialog>
  );
}

function useSubjects(scope: Budget['scope']): { value: string; label: string }[] {
  const { may } = useTenant();
  const people = usePeople({ enabled: scope === 'user' });
  const keys = useRead(
    ['keys', 'names'],
    (api) => answer(api.GET('/v1/keys', { params: { query: { limit: 100 } } })),
    { enabled: scope === 'api_key' && may('keys:read') },
  );
  if (scope === 'feature')
    return aiFeatureNames.map((value) => ({ value, label: aiFeatures[value].summary }));
  if (scope === 'user') return people;
  return (keys.data?.items ?? [])
    .filter(({ status }) => status === 'active')
    .map(({ id, name }) => ({ value: id, label: name }));
}

const spans = [
  { value: '1', label: 'One day' },
  { value: '7', label: 'One week' },
  { value: '31', label: 'One month' },
];
const dayMs = 24 * 60 * 60 * 1000;

export function Increase({ budget, whose, onClose }: { budget: Budget; whose: string; onClose: () => void }) {
  const [text, setText] = useState('');
  const [days, setDays] = useState('7');
  const [reason, setReason] = useState('');
  const amount = dollarsIn(text);
  const raise = useChange(
    (api, more: string) =>
      answer(
        api.POST('/v1/ai/budgets/increases', {
          body: {
            ...keyOf(budget),
            amount: more,
            reason: reason.trim(),
            expiresAt: new Date(Date.now() + Number(days) * dayMs).toISOString(),
          },
        }),
      ),
    { done: () => `${sayDollars(text)} more was granted.`, stale },
  );
  return (
    <FormDialog
      title={`Grant more to ${whose}`}
      submit="Grant"
      isBusy={raise.isPending}
      error={raise.error}
      isReady={amount !== undefined && reason.trim() !== ''}
      onSubmit={() => {
        if (amount !== undefined) raise.mutate(amount, { onSuccess: onClose });
      }}
      onClose={onClose}
    >
      <TextInput
        label="Dollars on top"
        inputMode="decimal"
        required
        data-autofocus
        error={text !== '' && amount === undefined ? wrongAmount : undefined}
        value={text}
        onChange={(event) => setText(event.currentTarget.value)}
      />
      <NativeSelect
        label="For"
        data={spans}
        value={days}
        onChange={(event) => setDays(event.currentTarget.value)}
      />
      <TextInput
        label="Reason"
        description="Stands in the audit trail"
        required
        maxLength={500}
        value={reason}
        onChange={(event) => setReason(event.currentTarget.value)}
      />
    </FormDialog>
  );
}
