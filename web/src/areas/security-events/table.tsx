/** Security events in a table, each with its details; for a tenant and for the platform's staff. */
import { Badge, Text } from '@mantine/core';
import { useState } from 'react';
import type { Thing } from '../../api/client.ts';
import type { Pages } from '../../hooks/data.ts';
import { type Column, DetailsButton, PagedTable } from '../../parts/data-table.tsx';
import { Dialog } from '../../parts/dialog.tsx';
import { Empty } from '../../parts/empty.tsx';
import { When } from '../../parts/when.tsx';
import { EventDetail } from './detail.tsx';
import { isGrave, sayType } from './words.ts';

type Event = Thing<'SecurityEvent'> & { tenantId?: string | null };

type TableProps<Row extends Event> = {
  pages: Pages<Row>;
  nameOf: (userId: string | null) => string;
  requests?: string | undefined;
  /** Between who and what it happened to. */
  more?: readonly Column<Row>[];
};

export function EventTable<Row extends Event>({ pages, nameOf, requests, more = [] }: TableProps<Row>) {
  const [shown, setShown] = useState<Row>();
  return (
    <>
      <PagedTable
        label="Security events"
        pages={pages}
        keyOf={({ id }) => id}
        empty={<Empty title="Nothing fits">Nothing was noticed, or the filter is too narrow.</Empty>}
        columns={[
          { header: 'When', cell: ({ occurredAt }) => <When at={occurredAt} /> },
          { header: 'What', cell: ({ type }) => <What type={type} /> },
          { header: 'By', from: 'sm', cell: ({ userId }) => nameOf(userId) },
          ...more,
          {
            header: 'Subject',
            from: 'md',
            cell: ({ subject }) => (
              <Text size="xs" c="dimmed" className="truncate" maw="16rem">
                {subject}
              </Text>
            ),
          },
          {
            header: '',
            isNumber: true,
            cell: (event) => <DetailsButton of={sayType(event.type)} onClick={() => setShown(event)} />,
          },
        ]}
      />
      {shown !== undefined && (
        <Dialog onClose={() => setShown(undefined)} title={sayType(shown.type)} size="lg">
          <EventDetail event={shown} by={nameOf(shown.userId)} requests={requests} />
        </Dialog>
      )}
    </>
  );
}

function What({ type }: { type: string }) {
  // Several words, on a phone in several lines.
  if (isGrave(type)) {
    return (
      <Badge color="red" h="auto" styles={{ label: { whiteSpace: 'normal' } }}>
        {sayType(type)}
      </Badge>
    );
  }
  return (
    <Text size="sm" fw={500}>
      {sayType(type)}
    </Text>
  );
}
