/** One entry of the trail as a whole. */
import { Stack, Title } from '@mantine/core';
import type { Thing } from '../../api/client.ts';
import { Differences } from '../../parts/differences.tsx';
import { type Particular, Particulars } from '../../parts/particulars.tsx';
import { When } from '../../parts/when.tsx';

type DetailProps = { event: Thing<'AuditEvent'>; by: string; onBehalfOf: string };

export function AuditDetail({ event, by, onBehalfOf }: DetailProps) {
  const { action, occurredAt, actor, target, context, reason, before, after } = event;
  const particulars: readonly Particular[] = [
    ['Action', <code key="action">{action}</code>],
    ['When', <When key="when" at={occurredAt} />],
    ['By', by],
    ...(actor.onBehalfOf === null ? [] : [['For', onBehalfOf] as const]),
    ['Resource', target === null ? '–' : `${target.type} ${target.id}`],
    ['Address', context.ip ?? 'unknown'],
    ['Program', context.userAgent ?? 'unknown'],
    ['Request', context.requestId],
    ...(reason === null ? [] : [['Reason', reason] as const]),
  ];
  return (
    <Stack>
      <Particulars of={particulars} />
      <Title order={3} size="h5">
        What changed
      </Title>
      <Differences before={before} after={after} />
    </Stack>
  );
}
