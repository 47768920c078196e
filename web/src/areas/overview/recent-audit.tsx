/** The last few things that were done in the tenant. */
import { Group, Stack, Text } from '@mantine/core';
import { answer } from '../../api/client.ts';
import { useRead } from '../../hooks/data.ts';
import { useTenant } from '../../hooks/tenant.ts';
import { More } from '../../parts/more.tsx';
import { Loading, Section } from '../../parts/page.tsx';
import { Problem } from '../../parts/problem.tsx';
import { When } from '../../parts/when.tsx';
import { useActorNames } from '../../hooks/names.ts';
import { sayAction } from '../audit/words.ts';

export function RecentAudit() {
  const { base } = useTenant();
  const nameOf = useActorNames();
  const events = useRead(['audit', 'recent'], (api) =>
    answer(api.GET('/v1/audit-events', { params: { query: { limit: 6 } } })),
  );
  return (
    <Section title="Latest activity" actions={<More to={`${base}/audit`}>Audit trail</More>}>
      {events.isPending && <Loading />}
      <Problem error={events.error} />
      <Stack gap="xs">
        {events.data?.items.map(({ id, action, actor, occurredAt }) => (
          <Group key={id} justify="space-between" gap="sm" wrap="nowrap">
            <Text size="sm" className="truncate">
              <strong>{sayAction(action)}</strong> by {nameOf(actor)}
            </Text>
            <Text size="xs" c="dimmed" component="span">
              <When at={occurredAt} />
            </Text>
          </Group>
        ))}
      </Stack>
    </Section>
  );
}
