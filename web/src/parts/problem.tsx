/** What went wrong, and what to do about it. */
import { Alert, Anchor, Button, Group, List, Text } from '@mantine/core';
import { Link } from 'react-router';
import { Refusal } from '../api/refusal.ts';
import { useConsole } from '../hooks/console.ts';
import { IconAlertTriangle } from '../icons.ts';

/** A failed call in words; `retry` offers to do it again. */
export function Problem({ error, retry }: { error: unknown; retry?: (() => void) | undefined }) {
  if (error === null || error === undefined) return null;
  return (
    <Alert
      color="red"
      variant="light"
      icon={<IconAlertTriangle size={18} />}
      role="alert"
      title={titleOf(error)}
    >
      <Advice error={error} />
      {retry !== undefined && (
        <Button size="xs" variant="default" mt="sm" onClick={retry}>
          Try again
        </Button>
      )}
    </Alert>
  );
}

function titleOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function Advice({ error }: { error: unknown }) {
  if (!(error instanceof Refusal)) return null;
  const { errors = [], instance } = error.problem;
  const advice = adviceOf(error);
  return (
    <>
      {advice !== undefined && <Text size="sm">{advice}</Text>}
      {errors.length > 0 && (
        <List size="sm">
          {errors.map(({ path, message }) => (
            <List.Item key={path}>
              <strong>{path.replace(/^(body|query)\./, '')}</strong> {message}
            </List.Item>
          ))}
        </List>
      )}
      {error.status >= 500 && instance !== undefined && (
        <Text size="xs" c="dimmed" mt={4}>
          Tell support this request: <code>{instance}</code>
        </Text>
      )}
    </>
  );
}

/** What somebody can do about a refusal, by its stable code. */
function adviceOf({ code, retryAfterSeconds }: Refusal): string | undefined {
  if (code === 'limit.rate') return `Wait ${retryAfterSeconds ?? 60} seconds, then try again.`;
  return advices[code];
}

const advices: Readonly<Record<string, string>> = {
  'auth.forbidden': 'Your role does not include this. An owner of the tenant can change your role.',
  'capability.off': 'It is not part of the tenant’s plan. A larger plan may include it.',
  'capability.switched_off': 'An administrator stopped it. The kill switches stand in the settings.',
  'tenant.suspended': 'Nobody can work in it until the platform resumes it. Contact support.',
  'limit.usage': 'Usage shows when the limit begins anew, and which plan has more.',
  'limit.budget': 'An administrator can raise the budget, or grant more for a while.',
  'members.last_owner': 'Make somebody else an owner first.',
  'members.owner_only': 'Ask an owner of the tenant to do it.',
  'members.already_invited': 'Withdraw the open invitation first, then invite again.',
  'members.invitation_invalid': 'Sign in with the address it was sent to, or ask for a new one.',
  'resource.conflict': 'Somebody else changed it meanwhile. Read it again before you change it.',
  'dependency.unavailable': 'It usually works again within a minute.',
  'keys.beyond_creator': 'Choose a role no higher than your own.',
  'settings.looks_secret': 'Keep secrets in a secret store; these values are shown to every member.',
  'ai.feature_off': 'An administrator can turn the flag on in the settings.',
  'impersonation.own_request': 'Somebody else who may approve has to do it.',
  'impersonation.wrong_status': 'It was decided or ended meanwhile. Read the list again.',
};

/** A page that cannot be shown at all. */
export function PageProblem({ error, retry }: { error: unknown; retry: () => void }) {
  const { memberships } = useConsole();
  const other = memberships.find(({ status }) => status === 'active');
  return (
    <>
      <Problem error={error} retry={retry} />
      {error instanceof Refusal && error.code === 'tenant.suspended' && other !== undefined && (
        <Group mt="sm">
          <Anchor component={Link} to={`/t/${other.slug}`}>
            Go to {other.name}
          </Anchor>
        </Group>
      )}
    </>
  );
}
