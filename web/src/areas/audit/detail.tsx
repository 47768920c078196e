/** One entry of the trail as a whole. */
import { Stack, Table, Text, Title } from '@mantine/core';
import type { ReactNode } from 'react';
import type { Thing } from '../../api/client.ts';
import { Differences } from '../../parts/differences.tsx';
import { When } from '../../parts/when.tsx';

type DetailProps = { event: Thing<'AuditEvent'>; by: string; onBehalfOf: string };

export function AuditDetail({ event, by, onBehalfOf }: DetailProps) {
  const { action, occurredAt, actor, target, context, reason, before, after } = event;
  const facts: readonly (readonly [string, ReactNode])[] = [
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
      <Table variant="vertical" withRowBorders={false} verticalSpacing={4}>
        <Table.Tbody>
          {facts.map(([label, value]) => (
            <Table.Tr key={label}>
              <Table.Th w={96} fw={500}>
                {label}
              </Table.Th>
              <Table.Td>
                <Text size="sm" component="span" className="break">
                  {value}
                </Text>
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
      <Title order={3} size="h5">
        What changed
      </Title>
      <Differences before={before} after={after} />
    </Stack>
  );
}
