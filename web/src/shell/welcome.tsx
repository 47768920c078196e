/** The door: nobody is signed in, or the deployment cannot be reached. */
import { Alert, Button, Center, Group, Image, Paper, Stack, Text, Title } from '@mantine/core';
import { type ReactNode, useEffect, useState } from 'react';
import { IconAlertTriangle } from '../icons.ts';
import { invitation } from '../session/invitation.ts';
import type { Session } from '../session/session.ts';

export function Welcome({ session, reason }: { session: Session; reason?: string | undefined }) {
  const [isLeaving, setIsLeaving] = useState(false);
  const isInvited = invitation.token() !== undefined;
  return (
    <Door title={isInvited ? 'You are invited' : 'Welcome'} reason={reason}>
      <Text c="dimmed">
        {isInvited
          ? 'Sign in with the address that the invitation was sent to, then accept it.'
          : 'Sign in to work with your tenants. New here? The sign-in page also creates accounts.'}
      </Text>
      <Button
        size="md"
        loading={isLeaving}
        onClick={() => {
          setIsLeaving(true);
          void session.signIn();
        }}
      >
        Sign in
      </Button>
    </Door>
  );
}

export function Broken({ reason }: { reason: string }) {
  return (
    <Door title="The console did not start" reason={reason}>
      <Button onClick={() => location.reload()}>Try again</Button>
    </Door>
  );
}

function Door({
  title,
  reason,
  children,
}: {
  title: string;
  reason?: string | undefined;
  children: ReactNode;
}) {
  useEffect(() => {
    document.title = `${title} · Plinth`;
  }, [title]);
  return (
    <Center component="main" mih="100vh" p="md">
      <Paper p="xl" maw="26rem" w="100%" shadow="sm">
        <Stack>
          <Group gap="xs">
            <Image src="/icon.svg" alt="" w={28} h={28} />
            <Text fw={700} size="lg">
              Plinth
            </Text>
          </Group>
          <Title order={1}>{title}</Title>
          {reason !== undefined && (
            <Alert color="red" variant="light" role="alert" icon={<IconAlertTriangle size={18} />}>
              {reason}
            </Alert>
          )}
          {children}
        </Stack>
      </Paper>
    </Center>
  );
}
