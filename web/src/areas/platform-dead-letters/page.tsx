/** Messages that failed too often: what waits in which queue, and what was decided about it. */
import { Anchor, Button, Group, NativeSelect, Text } from '@mantine/core';
import { useState } from 'react';
import { Link } from 'react-router';
import { answer, type Thing } from '../../api/client.ts';
import { mayForPlatform, useConsole } from '../../hooks/console.ts';
import { usePages, useRead } from '../../hooks/data.ts';
import { DataTable, PagedTable } from '../../parts/data-table.tsx';
import { Empty } from '../../parts/empty.tsx';
import { Loading, Page, Section } from '../../parts/page.tsx';
import { Problem } from '../../parts/problem.tsx';
import { Status } from '../../parts/status.tsx';
import { When } from '../../parts/when.tsx';
import { Decide, type Decision } from './decide.tsx';

type Letter = Thing<'DeadLetter'>;

const statuses = ['waiting', 'replayed', 'discarded'] as const;
const everyMs = 30_000;

export default function DeadLettersPage() {
  const { staffRoles } = useConsole();
  const mayDecide = mayForPlatform(staffRoles, 'platform:dead_letters:decide');
  const [status, setStatus] = useState<(typeof statuses)[number]>('waiting');
  const [decision, setDecision] = useState<Decision>();
  const queues = useRead(
    ['dead-letters', 'queues'],
    (api) => answer(api.GET('/v1/platform/dead-letters', { params: { query: { limit: 1 } } })),
    { everyMs },
  );
  const letters = usePages(['dead-letters', status], (api, cursor) =>
    answer(api.GET('/v1/platform/dead-letters', { params: { query: { limit: 50, status, ...cursor } } })),
  );
  const decide = (how: Decision['how'], { queue, id }: Letter) => setDecision({ how, queue, id, waiting: 1 });
  return (
    <Page
      title="Dead letters"
      about="Jobs that failed five times. Nobody sees what they say; they can be sent to their worker again, or given up."
    >
      <Section title="Queues" flush>
        <Queues
          data={queues.data?.queues}
          error={queues.error}
          onDecide={mayDecide ? setDecision : undefined}
        />
      </Section>
      <Section title="Messages" flush>
        <NativeSelect
          label="Show"
          size="xs"
          maw="12rem"
          px="md"
          pb="sm"
          data={[
            { value: 'waiting', label: 'What waits' },
            { value: 'replayed', label: 'What was sent again' },
            { value: 'discarded', label: 'What was given up' },
          ]}
          value={status}
          onChange={({ currentTarget: { value } }) =>
            setStatus(statuses.find((one) => one === value) ?? 'waiting')
          }
        />
        <PagedTable
          label="Dead letters"
          pages={letters}
          keyOf={({ id }) => id}
          empty={
            <Empty title="None">
              {status === 'waiting' ? 'All jobs were done.' : 'Nothing was decided.'}
            </Empty>
          }
          columns={[
            { header: 'Put aside', from: 'sm', cell: ({ putAsideAt }) => <When at={putAsideAt} /> },
            { header: 'Job', width: '40%', cell: (letter) => <Job letter={letter} /> },
            {
              header: 'Tenant',
              from: 'lg',
              cell: ({ tenantId }) => <span className="break">{tenantId ?? 'none'}</span>,
            },
            { header: 'Request', from: 'md', cell: ({ requestId }) => <Request id={requestId} /> },
            { header: 'Times', from: 'md', isNumber: true, cell: ({ timesPutAside }) => timesPutAside },
            {
              header: '',
              isNumber: true,
              cell: (letter) =>
                letter.status !== 'waiting' ? (
                  <Status value={letter.status} />
                ) : (
                  mayDecide && (
                    <Group gap={4} justify="flex-end">
                      {letter.replayable && (
                        <Button size="compact-xs" variant="light" onClick={() => decide('replay', letter)}>
                          Send again
                        </Button>
                      )}
                      <Button
                        size="compact-xs"
                        variant="subtle"
                        color="red"
                        onClick={() => decide('discard', letter)}
                      >
                        Give up
                      </Button>
                    </Group>
                  )
                ),
            },
          ]}
        />
      </Section>
      {decision !== undefined && <Decide decision={decision} onClose={() => setDecision(undefined)} />}
    </Page>
  );
}

type QueuesProps = {
  data: readonly Thing<'DeadLetterQueue'>[] | undefined;
  error: unknown;
  onDecide: ((decision: Decision) => void) | undefined;
};

function Queues({ data, error, onDecide }: QueuesProps) {
  if (data === undefined) return error === null ? <Loading lines={2} /> : <Problem error={error} />;
  if (data.length === 0) return <Empty title="Nothing waits">Every job was done, or decided about.</Empty>;
  return (
    <DataTable
      label="Queues with dead letters"
      rows={data}
      keyOf={({ queue }) => queue}
      columns={[
        { header: 'Queue', cell: ({ queue }) => <Text size="sm">{queue}</Text> },
        { header: 'Waiting', isNumber: true, cell: ({ waiting }) => waiting },
        { header: 'Oldest', from: 'xs', cell: ({ oldestAt }) => <When at={oldestAt} /> },
        {
          header: '',
          isNumber: true,
          cell: ({ queue, waiting }) =>
            onDecide !== undefined && (
              <Button
                size="compact-xs"
                variant="light"
                aria-label={`Send again what waits in ${queue}`}
                onClick={() => onDecide({ how: 'replay', queue, waiting })}
              >
                Send again
              </Button>
            ),
        },
      ]}
    />
  );
}

function Job({ letter: { queue, type, reason } }: { letter: Letter }) {
  return (
    <>
      <Text size="sm" fw={500} className="break">
        {type ?? 'Not readable'}
      </Text>
      <Text size="xs" c="dimmed" className="break">
        {reason ?? queue}
      </Text>
    </>
  );
}

function Request({ id }: { id: string | null }) {
  if (id === null) return <span>–</span>;
  return (
    <Anchor
      component={Link}
      to={`/platform/requests?id=${encodeURIComponent(id)}`}
      size="xs"
      className="break"
    >
      {id}
    </Anchor>
  );
}
