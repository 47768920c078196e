/** Changing, rotating and revoking a key. */
import { NativeSelect, Text, Textarea, TextInput } from '@mantine/core';
import { useState } from 'react';
import { answer, type Thing } from '../../api/client.ts';
import { useChange } from '../../hooks/data.ts';
import { Confirm } from '../../parts/confirm.tsx';
import { FormDialog } from '../../parts/form.tsx';
import { linesOf } from './lifetimes.ts';

type KeyProps = { apiKey: Thing<'ApiKey'>; onClose: () => void };

const stale = [['keys'], ['audit']];

export function EditKey({ apiKey: { id, name: before, allowedAddresses }, onClose }: KeyProps) {
  const [name, setName] = useState(before);
  const [addresses, setAddresses] = useState(allowedAddresses.join('\n'));
  const save = useChange(
    (api, body: { name: string; allowedAddresses: string[] }) =>
      answer(api.PATCH('/v1/keys/{keyId}', { params: { path: { keyId: id } }, body })),
    { done: (key) => `“${key.name}” was changed.`, stale },
  );
  return (
    <FormDialog
      title={`Change “${before}”`}
      submit="Save"
      isBusy={save.isPending}
      error={save.error}
      onSubmit={() =>
        save.mutate({ name: name.trim(), allowedAddresses: linesOf(addresses) }, { onSuccess: onClose })
      }
      onClose={onClose}
    >
      <TextInput
        label="Name"
        required
        maxLength={100}
        value={name}
        onChange={(event) => setName(event.currentTarget.value)}
      />
      <Textarea
        label="Works from"
        description="Addresses and networks, one a line; empty: from anywhere"
        rows={3}
        value={addresses}
        onChange={(event) => setAddresses(event.currentTarget.value)}
      />
    </FormDialog>
  );
}

const overlaps = [
  { value: '0', label: 'Not at all' },
  { value: '1', label: 'One hour' },
  { value: '24', label: 'One day' },
  { value: '168', label: 'One week' },
];

export function RotateKey({
  apiKey: { id, name },
  onMade,
  onClose,
}: KeyProps & { onMade: (key: Thing<'IssuedApiKey'>) => void }) {
  const [hours, setHours] = useState('24');
  const rotate = useChange(
    (api, overlapHours: number) =>
      answer(
        api.POST('/v1/keys/{keyId}/rotate', { params: { path: { keyId: id } }, body: { overlapHours } }),
      ),
    { stale },
  );
  return (
    <FormDialog
      title={`Rotate “${name}”`}
      submit="Make the new key"
      isBusy={rotate.isPending}
      error={rotate.error}
      onSubmit={() => rotate.mutate(Number(hours), { onSuccess: onMade })}
      onClose={onClose}
    >
      <Text size="sm">
        A new key with the same rights takes its place. Give the program the new one meanwhile.
      </Text>
      <NativeSelect
        label="The old key goes on working for"
        data={overlaps}
        value={hours}
        onChange={(event) => setHours(event.currentTarget.value)}
      />
    </FormDialog>
  );
}

export function RevokeKey({ apiKey: { id, name }, onClose }: KeyProps) {
  const revoke = useChange(
    (api, keyId: string) => answer(api.DELETE('/v1/keys/{keyId}', { params: { path: { keyId } } })),
    { done: () => `“${name}” was revoked.`, stale },
  );
  return (
    <Confirm
      title={`Revoke “${name}”?`}
      action="Revoke"
      typed={name}
      isBusy={revoke.isPending}
      error={revoke.error}
      onConfirm={() => revoke.mutate(id, { onSuccess: onClose })}
      onClose={onClose}
    >
      Its next call is refused, and so is every program that still uses it. This cannot be undone.
    </Confirm>
  );
}
