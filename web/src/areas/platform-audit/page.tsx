/** What was done to all tenants; what was done to one stands in its own trail. */
import { Stack, Text, TextInput } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { useState } from 'react';
import { answer, type Thing } from '../../api/client.ts';
import { useConsole } from '../../hooks/console.ts';
import { usePages } from '../../hooks/data.ts';
import { DetailsButton, PagedTable } from '../../parts/data-table.tsx';
import { Differences } from '../../parts/differences.tsx';
import { Dialog } from '../../parts/dialog.tsx';
import { Empty } from '../../parts/empty.tsx';
import { Page, Section } from '../../parts/page.tsx';
import { When } from '../../parts/when.tsx';
import { sayAction } from '../audit/words.ts';

type Event = Thing<'PlatformAuditEvent'>;

const typingMs = 300;

export default function PlatformAuditPage() {
  const { profile } = useConsole();
  const [action, setAction] = useState('');
  const [wanted] = useDebouncedValue(action.trim(), typingMs);
  const [shown, setShown] = useState<Event>();
  const events = usePages(['audit', wanted], (api, cursor) =>
    answer(
      api.GET('/v1/platform/audit-events', {
        params: { query: { limit: 50, ...(wanted === '' ? {} : { action: wanted }), ...cursor } },
      }),
    ),
  );
  const by = (id: string) => (id === profile.id ? 'you' : id);
  return (
    <Page title="Platform audit" about="What the staff decided for every tenant, and why.">
      <Section title="Entries" flush>
        <TextInput
          label="Action"
          size="xs"
          maw="16rem"
          px="md"
          pb="sm"
          placeholder="any"
          value={action}
          onChange={(event) => setAction(event.currentTarget.value)}
        />
        <PagedTable
          label="Platform audit"
          pages={events}
          keyOf={({ id }) => id}
          empty={
            <Empty title="Nothing fits">
              Nothing has been decided for every tenant, or the filter is too narrow.
            </Empty>
          }
          columns={[
            { header: 'When', cell: ({ occurredAt }) => <When at={occurredAt} /> },
            { header: 'What', cell: (event) => <What event={event} /> },
            { header: 'By', from: 'md', cell: ({ actorId }) => <span className="break">{by(actorId)}</span> },
            {
              header: '',
              isNumber: true,
              cell: (event) => <DetailsButton of={sayAction(event.action)} onClick={() => setShown(event)} />,
            },
          ]}
        />
      </Section>
      {shown !== undefined && (
        <Dialog onClose={() => setShown(undefined)} title={sayAction(shown.action)} size="lg">
          <Stack>
            <Text size="sm">
              By {by(shown.actorId)}, from {shown.context.ip ?? 'an unknown address'}:{' '}
              {shown.reason ?? 'no reason given'}
            </Text>
            <Differences before={shown.before} after={shown.after} />
          </Stack>
        </Dialog>
      )}
    </Page>
  );
}

function What({ event: { action, reason } }: { event: Event }) {
  return (
    <>
      <Text size="sm" fw={500}>
        {sayAction(action)}
      </Text>
      <Text size="xs" c="dimmed" className="break">
        {reason}
      </Text>
    </>
  );
}
