/** A dialogue with a form: it waits while the work runs, shows why it failed, and keeps what was typed. */
import { Button, Group, Stack } from '@mantine/core';
import type { ReactNode } from 'react';
import { Dialog } from './dialog.tsx';
import { Problem } from './problem.tsx';

type FormProps = {
  title: string;
  submit: string;
  children: ReactNode;
  isBusy: boolean;
  error: unknown;
  isReady?: boolean;
  size?: string;
  onSubmit: () => void;
  onClose: () => void;
};

export function FormDialog({ title, size = 'md', onClose, ...form }: FormProps) {
  return (
    <Dialog onClose={onClose} title={title} size={size}>
      <PlainForm {...form} onCancel={onClose} />
    </Dialog>
  );
}

type PlainProps = Omit<FormProps, 'title' | 'onClose' | 'size'> & { onCancel?: () => void };

/** The form alone, for a page. */
export function PlainForm({
  submit,
  children,
  isBusy,
  error,
  isReady = true,
  onSubmit,
  onCancel,
}: PlainProps) {
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        if (isReady) onSubmit();
      }}
    >
      <Stack gap="sm">
        {children}
        <Problem error={error} />
        <Group justify={onCancel === undefined ? 'flex-start' : 'flex-end'} mt="xs">
          {onCancel !== undefined && (
            <Button variant="default" onClick={onCancel}>
              Cancel
            </Button>
          )}
          <Button type="submit" loading={isBusy} disabled={!isReady}>
            {submit}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
