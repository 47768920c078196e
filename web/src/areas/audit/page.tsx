/** The audit trail: who did what, when, from where, and what it changed. */
import { Button, Text } from '@mantine/core';
import { useState } from 'react';
import { type Api, answer, type Thing } from '../../api/client.ts';
import { usePages, useScope } from '../../hooks/data.ts';
import { useActorNames, useNames, usePeople } from '../../hooks/names.ts';
import { useSay } from '../../hooks/say.ts';
import { useTenant } from '../../hooks/tenant.ts';
import { IconDownload } from '../../icons.ts';
import { saveAs, toCsv } from '../../parts/csv.ts';
import { DetailsButton, PagedTable } from '../../parts/data-table.tsx';
import { Dialog } from '../../parts/dialog.tsx';
import { Empty } from '../../parts/empty.tsx';
import { Page, Section } from '../../parts/page.tsx';
import { Problem } from '../../parts/problem.tsx';
import { When } from '../../parts/when.tsx';
import { Chain } from './chain.tsx';
import { AuditDetail } from './detail.tsx';
import { type AuditFilter, AuditFilters, useAuditFilter } from './filters.tsx';
import { sayAction } from './words.ts';

type Event = Thing<'AuditEvent'>;

/** The most rows of one file; a narrower filter gets the rest. */
const mostRows = 5_000;

export default function AuditPage() {
  const nameOf = useNames();
  const actorOf = useActorNames();
  const state = useAuditFilter();
  const [shown, setShown] = useState<Event>();
  const people = usePeople();
  const events = usePages(['audit', JSON.stringify(state.filter)], (api, cursor) =>
    answer(api.GET('/v1/audit-events', { params: { query: { limit: 50, ...state.filter, ...cursor } } })),
  );
  const actions = [...new Set(events.items?.map(({ action }) => action))].sort();
  return (
    <Page
      title="Audit trail"
      about="Everything that changed something in this tenant. Entries cannot be changed or removed."
      actions={<CsvButton filter={state.filter} />}
    >
      <Section title="Entries" flush>
        <Chain />
        <AuditFilters state={state} actions={actions} people={people} />
        <PagedTable
          label="Audit trail"
          pages={events}
          keyOf={({ id }) => id}
          empty={<Empty title="Nothing fits">Widen the filter, or choose other days.</Empty>}
          columns={[
            { header: 'When', cell: ({ occurredAt }) => <When at={occurredAt} /> },
            {
              header: 'What',
              cell: ({ action }) => (
                <Text size="sm" fw={500}>
                  {sayAction(action)}
                </Text>
              ),
            },
            { header: 'By', from: 'xs', cell: ({ actor }) => actorOf(actor) },
            { header: 'Resource', from: 'md', cell: ({ target }) => <Target target={target} /> },
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
          <AuditDetail event={shown} by={actorOf(shown.actor)} onBehalfOf={nameOf(shown.actor.onBehalfOf)} />
        </Dialog>
      )}
    </Page>
  );
}

function Target({ target }: { target: Event['target'] }) {
  if (target === null) return <span>–</span>;
  return (
    <Text size="xs" c="dimmed" className="truncate" maw="16rem">
      {target.id}
    </Text>
  );
}

function CsvButton({ filter }: { filter: AuditFilter }) {
  const { api } = useScope();
  const { slug } = useTenant();
  const say = useSay();
  const [isBusy, setIsBusy] = useState(false);
  const [error, setError] = useState<unknown>();
  const save = async () => {
    setIsBusy(true);
    setError(undefined);
    try {
      const { events, isWhole } = await readAll(api, filter);
      saveAs(`${slug}-audit.csv`, toCsv(headers, events.map(rowOf)));
      say(isWhole ? `${events.length} entries were saved.` : `The newest ${mostRows} entries were saved.`);
    } catch (failure) {
      setError(failure);
    } finally {
      setIsBusy(false);
    }
  };
  return (
    <>
      <Button
        variant="default"
        leftSection={<IconDownload size={16} />}
        loading={isBusy}
        onClick={() => void save()}
      >
        CSV
      </Button>
      <Problem error={error} />
    </>
  );
}

async function readAll(api: Api, filter: AuditFilter): Promise<{ events: Event[]; isWhole: boolean }> {
  const events: Event[] = [];
  let cursor: string | null = '';
  while (cursor !== null && events.length < mostRows) {
    const query = { limit: 100, ...filter, ...(cursor === '' ? {} : { cursor }) };
    const page: { items: Event[]; nextCursor: string | null } = await answer(
      api.GET('/v1/audit-events', { params: { query } }),
    );
    events.push(...page.items);
    cursor = page.nextCursor;
  }
  return { events, isWhole: cursor === null };
}

const headers = [
  'occurred at',
  'action',
  'actor',
  'on behalf of',
  'resource',
  'address',
  'request',
  'reason',
  'before',
  'after',
];

function rowOf({ occurredAt, action, actor, target, context, reason, before, after }: Event): unknown[] {
  const resource = target === null ? null : `${target.type} ${target.id}`;
  return [
    occurredAt,
    action,
    actor.id,
    actor.onBehalfOf,
    resource,
    context.ip,
    context.requestId,
    reason,
    before,
    after,
  ];
}
