/** A secret that is shown this once: copy it, and say that it is kept. */
import { Alert, Button, Code, CopyButton, Group, Stack, Text } from '@mantine/core';
import { IconCheck, IconCopy, IconInfoCircle } from '../icons.ts';
import { Dialog } from './dialog.tsx';

type CopyOnceProps = { title: string; secret: string; about: string; onClose: () => void };

export function CopyOnce({ title, secret, about, onClose }: CopyOnceProps) {
  return (
    <Dialog isFirm onClose={onClose} title={title}>
      <Stack>
        <Text size="sm">{about}</Text>
        <Code block className="break" data-testid="secret" tabIndex={0} style={{ whiteSpace: 'pre-wrap' }}>
          {secret}
        </Code>
        <Alert color="orange" variant="light" icon={<IconInfoCircle size={18} />}>
          It is not stored and cannot be shown again.
        </Alert>
        <Group justify="flex-end">
          <CopyButton value={secret}>
            {({ copied, copy }) => (
              <Button
                variant="default"
                onClick={copy}
                leftSection={copied ? <IconCheck size={16} /> : <IconCopy size={16} />}
              >
                {copied ? 'Copied' : 'Copy'}
              </Button>
            )}
          </CopyButton>
          <Button onClick={onClose}>I have kept it</Button>
        </Group>
      </Stack>
    </Dialog>
  );
}
