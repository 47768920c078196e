/** One security event as a whole. */
import { Anchor, Code, Stack, Table, Text, Title } from '@mantine/core';
import type { ReactNode } from 'react';
import { Link } from 'react-router';
import type { Thing } from '../../api/client.ts';
import { When } from '../../parts/when.tsx';

type DetailProps = {
  event: Thing<'SecurityEvent'> & { tenantId?: string | null };
  by: string;
  /** Where a request is looked up, for who may. */
  requests?: string | undefined;
};

export function EventDetail({ event, by, requests }: DetailProps) {
  const { type, occurredAt, subject, detail, context, tenantId } = event;
  const request = context.requestId;
  const facts: readonly (readonly [string, ReactNode])[] = [
    ['Type', <code key="type">{type}</code>],
    ['When', <When key="when" at={occurredAt} />],
    ...(tenantId === undefined ? [] : [['Tenant', tenantId ?? 'the platform alone'] as const]),
    ['By', by],
    ['Subject', subject],
    ['Address', context.ip ?? 'not shown'],
    ['Program', context.userAgent ?? 'not shown'],
    [
      'Request',
      requests === undefined ? (
        request
      ) : (
        <Anchor key="request" component={Link} to={`${requests}?id=${encodeURIComponent(request)}`} inherit>
          {request}
        </Anchor>
      ),
    ],
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
      {Object.keys(detail).length > 0 && (
        <>
          <Title order={3} size="h5">
            In detail
          </Title>
          <Code block>{JSON.stringify(detail, null, 2)}</Code>
        </>
      )}
    </Stack>
  );
}
