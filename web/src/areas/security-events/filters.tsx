/** What of the security events is shown. The filter stands in the address, so that it can be sent to somebody. */
import { Button, Group, NativeSelect, TextInput } from '@mantine/core';
import { useSearchParams } from 'react-router';
import { type SecurityEventType, securityEventTypes } from '#shared/contract/security-event.ts';
import { sayType } from './words.ts';

/** A filter as the service takes it; `to` is the whole of the day that was named. */
export type EventFilter = {
  type?: SecurityEventType;
  subject?: string;
  userId?: string;
  tenantId?: string;
  from?: string;
  to?: string;
};

type Name = keyof EventFilter;

const dayMs = 24 * 60 * 60 * 1000;

export function useEventFilter(names: readonly Name[]) {
  const [query, setQuery] = useSearchParams();
  const typed = (name: Name) => (names.includes(name) ? (query.get(name) ?? '') : '');
  const set = (name: Name, value: string) =>
    setQuery(
      (before) => {
        const next = new URLSearchParams(before);
        if (value === '') next.delete(name);
        else next.set(name, value);
        return next;
      },
      { replace: true },
    );
  const type = securityEventTypes.find((one) => one === typed('type'));
  const [subject, userId, tenantId] = [typed('subject'), typed('userId'), typed('tenantId')];
  const [from, to] = [typed('from'), typed('to')];
  const filter: EventFilter = {
    ...(type === undefined ? {} : { type }),
    ...(subject === '' ? {} : { subject }),
    ...(userId === '' ? {} : { userId }),
    ...(tenantId === '' ? {} : { tenantId }),
    ...(from === '' ? {} : { from: new Date(`${from}T00:00:00`).toISOString() }),
    ...(to === '' ? {} : { to: new Date(Date.parse(`${to}T00:00:00`) + dayMs).toISOString() }),
  };
  return { names, typed, filter, set, clear: () => setQuery({}, { replace: true }) };
}

type FiltersProps = {
  state: ReturnType<typeof useEventFilter>;
  people?: readonly { value: string; label: string }[];
};

export function EventFilters({ state: { names, typed, set, clear, filter }, people }: FiltersProps) {
  return (
    <Group align="flex-end" gap="sm" px="md" pb="sm">
      <NativeSelect
        label="Type"
        size="xs"
        data={[
          { value: '', label: 'Any' },
          ...securityEventTypes.map((value) => ({ value, label: sayType(value) })),
        ]}
        value={typed('type')}
        onChange={(event) => set('type', event.currentTarget.value)}
      />
      {names.includes('tenantId') && (
        <TextInput
          label="Tenant"
          size="xs"
          placeholder="its id"
          value={typed('tenantId')}
          onChange={(event) => set('tenantId', event.currentTarget.value.trim())}
        />
      )}
      {people === undefined ? (
        <TextInput
          label="Person"
          size="xs"
          placeholder="their id"
          value={typed('userId')}
          onChange={(event) => set('userId', event.currentTarget.value.trim())}
        />
      ) : (
        <NativeSelect
          label="By"
          size="xs"
          data={[{ value: '', label: 'Anybody' }, ...people]}
          value={typed('userId')}
          onChange={(event) => set('userId', event.currentTarget.value)}
        />
      )}
      <TextInput
        label="Subject"
        size="xs"
        placeholder="exactly"
        value={typed('subject')}
        onChange={(event) => set('subject', event.currentTarget.value.trim())}
      />
      <TextInput
        label="From"
        size="xs"
        type="date"
        value={typed('from')}
        onChange={(event) => set('from', event.currentTarget.value)}
      />
      <TextInput
        label="To"
        size="xs"
        type="date"
        value={typed('to')}
        onChange={(event) => set('to', event.currentTarget.value)}
      />
      {Object.keys(filter).length > 0 && (
        <Button size="xs" variant="subtle" onClick={clear}>
          Clear
        </Button>
      )}
    </Group>
  );
}
