/** One security event as a whole. */
import { Anchor, Code, Stack, Title } from '@mantine/core';
import { Link } from 'react-router';
import type { Thing } from '../../api/client.ts';
import { type Particular, Particulars } from '../../parts/particulars.tsx';
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
  const particulars: readonly Particular[] = [
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
      <Particulars of={particulars} />
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
