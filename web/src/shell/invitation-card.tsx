/** An invitation whose link was followed: accept it here, or put it aside. */
import { Button, Group, Paper, Text, Title } from '@mantine/core';
import { useState } from 'react';
import { useNavigate } from 'react-router';
import { answer } from '../api/client.ts';
import { useChange } from '../hooks/data.ts';
import { Problem } from '../parts/problem.tsx';
import { invitation } from '../session/invitation.ts';

export function InvitationCard() {
  const [token, setToken] = useState(() => invitation.token());
  const navigate = useNavigate();
  const accept = useChange(
    (api, waiting: string) => answer(api.POST('/v1/invitations/accept', { body: { token: waiting } })),
    { done: ({ name }) => `You are now a member of ${name}.`, stale: [['memberships']] },
  );
  if (token === undefined) return null;
  const putAside = () => {
    invitation.forget();
    setToken(undefined);
  };
  return (
    <Paper component="section" aria-labelledby="invited" mb="lg">
      <Title order={2} size="h2" id="invited">
        You have an invitation
      </Title>
      <Text c="dimmed" size="sm">
        Accept it to become a member of the tenant that sent it.
      </Text>
      <Problem error={accept.error} />
      <Group mt="sm">
        <Button
          loading={accept.isPending}
          onClick={() =>
            accept.mutate(token, {
              onSuccess: ({ slug }) => {
                putAside();
                void navigate(`/t/${slug}`);
              },
            })
          }
        >
          Accept
        </Button>
        <Button variant="default" onClick={putAside}>
          Not now
        </Button>
      </Group>
    </Paper>
  );
}
