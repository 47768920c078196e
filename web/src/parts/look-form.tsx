/** Looks something up across tenants. Each look takes a reason and stands in the platform’s trail. */
import { Button, Group, TextInput } from '@mantine/core';
import { useState } from 'react';
import { isReason, Reason } from './reason.tsx';

export function LookForm({
  label,
  description,
  initial = '',
  fewestLetters = 1,
  isBusy,
  onLook,
}: {
  label: string;
  description: string;
  initial?: string;
  /** What is shorter is not looked for. */
  fewestLetters?: number;
  isBusy: boolean;
  onLook: (asked: { text: string; reason: string }) => void;
}) {
  const [text, setText] = useState(initial);
  const [reason, setReason] = useState('');
  const isReady = text.trim().length >= fewestLetters && isReason(reason);
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        if (isReady) onLook({ text: text.trim(), reason: reason.trim() });
      }}
    >
      <Group align="flex-end" gap="sm">
        <TextInput
          label={label}
          description={description}
          required
          style={{ flex: '1 1 16rem' }}
          maw="24rem"
          value={text}
          onChange={(event) => setText(event.currentTarget.value)}
        />
        <Reason value={reason} onChange={setReason} />
        <Button type="submit" loading={isBusy} disabled={!isReady}>
          Find
        </Button>
      </Group>
    </form>
  );
}
