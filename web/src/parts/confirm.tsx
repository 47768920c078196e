/** Asking before what cannot be undone; where it matters most, the name has to be typed. */
import { Button, Group, Stack, Text, TextInput } from '@mantine/core';
import { type ReactNode, useState } from 'react';
import { Dialog } from './dialog.tsx';
import { Problem } from './problem.tsx';

type ConfirmProps = {
  title: string;
  children: ReactNode;
  /** What the button does, in a verb. */
  action: string;
  /** What has to be typed first. */
  typed?: string | undefined;
  isBusy: boolean;
  error: unknown;
  onConfirm: () => void;
  onClose: () => void;
};

export function Confirm({ title, children, action, typed, isBusy, error, onConfirm, onClose }: ConfirmProps) {
  const [text, setText] = useState('');
  const isReady = typed === undefined || text.trim() === typed;
  return (
    <Dialog onClose={onClose} title={title}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (isReady) onConfirm();
        }}
      >
        <Stack>
          <Text size="sm" component="div">
            {children}
          </Text>
          {typed !== undefined && (
            <TextInput
              label={`Type ${typed} to confirm`}
              value={text}
              onChange={(event) => setText(event.currentTarget.value)}
              autoComplete="off"
              data-autofocus
            />
          )}
          <Problem error={error} />
          <Group justify="flex-end">
            <Button variant="default" onClick={onClose}>
              Cancel
            </Button>
            <Button type="submit" color="red" loading={isBusy} disabled={!isReady}>
              {action}
            </Button>
          </Group>
        </Stack>
      </form>
    </Dialog>
  );
}
