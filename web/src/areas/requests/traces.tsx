/** What was kept of a request, in the order in which it happened. */
import { Group, Text, Timeline } from '@mantine/core';
import type { Thing } from '../../api/client.ts';
import { Empty } from '../../parts/empty.tsx';
import { capital, Status } from '../../parts/status.tsx';
import { When } from '../../parts/when.tsx';
import { sayAction } from '../audit/words.ts';
import { isGrave } from '../security-events/words.ts';

type Trace = Thing<'RequestTrace'> & { tenantId?: string | null };

type TracesProps = { items: readonly Trace[]; nameOf: (by: string) => string };

export function Traces({ items, nameOf }: TracesProps) {
  if (items.length === 0) {
    return (
      <Empty title="Nothing was kept of it">
        It may have only read, or failed before it did anything; then the application’s log knows it for 30
        days.
      </Empty>
    );
  }
  return (
    <Timeline bulletSize={12} lineWidth={2} p="md">
      {items.map((trace, place) => (
        <Timeline.Item
          key={place}
          color={trace.what !== null && isGrave(trace.what) ? 'red' : 'blue'}
          title={
            <Text size="sm" fw={600}>
              {trace.what === null ? capital(trace.kind) : sayAction(trace.what)}
            </Text>
          }
        >
          <One trace={trace} nameOf={nameOf} />
        </Timeline.Item>
      ))}
    </Timeline>
  );
}

function One({ trace, nameOf }: { trace: Trace; nameOf: TracesProps['nameOf'] }) {
  const { at, kind, id, by, about, facts, tenantId } = trace;
  const { status, ...others } = facts;
  const told = Object.entries(others).filter(([, value]) => value !== null);
  return (
    <>
      <Group gap="xs">
        <Text size="xs" c="dimmed">
          {capital(kind)}
        </Text>
        <Text size="xs" c="dimmed">
          <When at={at} />
        </Text>
        {typeof status === 'string' && <Status value={status} />}
      </Group>
      <Text size="xs" className="break">
        {[
          about,
          by === null ? null : `by ${nameOf(by.id)}`,
          tenantId === undefined || tenantId === null ? null : `in ${tenantId}`,
          ...told.map(([name, value]) => `${name} ${String(value)}`),
        ]
          .filter((part) => part !== null)
          .join(' · ')}
      </Text>
      {id !== null && (
        <Text size="xs" c="dimmed" className="break">
          {id}
        </Text>
      )}
    </>
  );
}
