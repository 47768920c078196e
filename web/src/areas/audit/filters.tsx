/** What of the trail is shown. The filter stands in the address, so that it can be sent to somebody. */
import { Button, Group, NativeSelect, TextInput } from '@mantine/core';
import type { ReactNode } from 'react';
import { useSearchParams } from 'react-router';

/** A filter as the service takes it; `to` is the whole of the day that was named. */
export type AuditFilter = {
  action?: string;
  actorId?: string;
  targetId?: string;
  from?: string;
  to?: string;
};

const names = ['action', 'actorId', 'targetId', 'from', 'to'] as const;
const dayMs = 24 * 60 * 60 * 1000;

export function useAuditFilter() {
  const [query, setQuery] = useSearchParams();
  const typed = Object.fromEntries(names.map((name) => [name, query.get(name) ?? ''])) as Record<
    (typeof names)[number],
    string
  >;
  const set = (name: (typeof names)[number], value: string) =>
    setQuery(
      (before) => {
        const next = new URLSearchParams(before);
        if (value === '') next.delete(name);
        else next.set(name, value);
        return next;
      },
      { replace: true },
    );
  const { action, actorId, targetId, from, to } = typed;
  const filter: AuditFilter = {
    ...(action === '' ? {} : { action }),
    ...(actorId === '' ? {} : { actorId }),
    ...(targetId === '' ? {} : { targetId }),
    ...(from === '' ? {} : { from: new Date(`${from}T00:00:00`).toISOString() }),
    ...(to === '' ? {} : { to: new Date(Date.parse(`${to}T00:00:00`) + dayMs).toISOString() }),
  };
  return { typed, filter, set, clear: () => setQuery({}, { replace: true }) };
}

type FiltersProps = {
  state: ReturnType<typeof useAuditFilter>;
  actions: readonly string[];
  people: readonly { value: string; label: string }[];
  children?: ReactNode;
};

export function AuditFilters({
  state: { typed, set, clear, filter },
  actions,
  people,
  children,
}: FiltersProps) {
  return (
    <Group align="flex-end" gap="sm" px="md" pb="sm">
      <TextInput
        label="Action"
        size="xs"
        list="audit-actions"
        placeholder="any"
        value={typed.action}
        onChange={(event) => set('action', event.currentTarget.value.trim())}
      />
      <datalist id="audit-actions">
        {actions.map((action) => (
          <option key={action} value={action} />
        ))}
      </datalist>
      <NativeSelect
        label="By"
        size="xs"
        data={[{ value: '', label: 'Anybody' }, ...people]}
        value={typed.actorId}
        onChange={(event) => set('actorId', event.currentTarget.value)}
      />
      <TextInput
        label="Resource"
        size="xs"
        placeholder="its id"
        value={typed.targetId}
        onChange={(event) => set('targetId', event.currentTarget.value.trim())}
      />
      <TextInput
        label="From"
        size="xs"
        type="date"
        value={typed.from}
        onChange={(event) => set('from', event.currentTarget.value)}
      />
      <TextInput
        label="To"
        size="xs"
        type="date"
        value={typed.to}
        onChange={(event) => set('to', event.currentTarget.value)}
      />
      {Object.keys(filter).length > 0 && (
        <Button size="xs" variant="subtle" onClick={clear}>
          Clear
        </Button>
      )}
      {children}
    </Group>
  );
}
