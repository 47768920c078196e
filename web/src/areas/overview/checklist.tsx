/** What a new tenant still has to do, found out from what it has; gone once all is done. */
import { Anchor, Group, Stack, Text } from '@mantine/core';
import { Link } from 'react-router';
import { answer } from '../../api/client.ts';
import { useRead } from '../../hooks/data.ts';
import { useTenant } from '../../hooks/tenant.ts';
import { IconCircle, IconCircleCheck } from '../../icons.ts';
import { Loading, Section } from '../../parts/page.tsx';

type Step = { title: string; isDone: boolean; to: string; may: boolean };

export function Checklist() {
  const { may, base } = useTenant();
  const page = { params: { query: { limit: 20 } } };
  const invitations = useRead(['invitations', 'some'], (api) => answer(api.GET('/v1/invitations', page)));
  const members = useRead(['members', 'some'], (api) =>
    answer(api.GET('/v1/members', { params: { query: { limit: 6 } } })),
  );
  const keys = useRead(['keys', 'some'], (api) => answer(api.GET('/v1/keys', page)), {
    enabled: may('keys:read'),
  });
  const tenant = useRead(['tenant'], (api) => answer(api.GET('/v1/tenant')));
  const settings = useRead(['settings'], (api) => answer(api.GET('/v1/settings')));
  if (members.isPending || settings.isPending || tenant.isPending) {
    return (
      <Section title="Set-up">
        <Loading />
      </Section>
    );
  }
  const steps: Step[] = [
    {
      title: 'Invite a colleague',
      isDone: (members.data?.items.length ?? 0) > 1 || (invitations.data?.items.length ?? 0) > 0,
      to: 'members',
      may: may('members:invite'),
    },
    {
      title: 'Choose the time zone of the tenant',
      isDone: settings.data !== undefined && settings.data.updatedAt !== null,
      to: 'settings',
      may: may('settings:write'),
    },
    {
      title: 'Use an API key from a program',
      isDone: keys.data?.items.some(({ lastUsedAt }) => lastUsedAt !== null) ?? false,
      to: 'keys',
      may: may('keys:write'),
    },
    {
      title: 'Prove your domain',
      isDone: tenant.data !== undefined && tenant.data.domainVerifiedAt !== null,
      to: 'settings',
      may: may('tenant:update'),
    },
  ];
  const own = steps.filter((step) => step.may);
  const done = own.filter(({ isDone }) => isDone).length;
  if (own.length === 0 || done === own.length) return null;
  return (
    <Section title="Set-up" about={`${done} of ${own.length} steps are done.`}>
      <Stack component="ul" gap="xs" m={0} p={0} style={{ listStyle: 'none' }}>
        {own.map(({ title, isDone, to }) => (
          <Group key={title} component="li" gap="xs" wrap="nowrap">
            {isDone ? (
              <IconCircleCheck size={18} color="var(--mantine-color-anchor)" aria-label="Done" role="img" />
            ) : (
              <IconCircle size={18} color="var(--mantine-color-dimmed)" aria-label="To do" role="img" />
            )}
            {isDone ? (
              <Text size="sm" c="dimmed">
                {title}
              </Text>
            ) : (
              <Anchor component={Link} to={`${base}/${to}`} size="sm">
                {title}
              </Anchor>
            )}
          </Group>
        ))}
      </Stack>
    </Section>
  );
}
