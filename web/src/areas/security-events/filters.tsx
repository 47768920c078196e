/** What of the security events is shown. */
import { type SecurityEventType, securityEventTypes } from '#shared/contract/security-event.ts';
import { type AddressFilter, between, useAddressFilter } from '../../hooks/address-filter.ts';
import { Choice, Field, FilterBar } from '../../parts/filter-bar.tsx';
import { sayType } from './words.ts';

/** A filter as the service takes it. */
export type EventFilter = {
  type?: SecurityEventType;
  subject?: string;
  userId?: string;
  tenantId?: string;
  from?: string;
  to?: string;
};

type Name = keyof EventFilter;
type State = AddressFilter<Name> & { names: readonly Name[]; filter: EventFilter };

export function useEventFilter(names: readonly Name[]): State {
  const state = useAddressFilter(names);
  const type = securityEventTypes.find((one) => one === state.typed('type'));
  const [subject, userId, tenantId] = [
    state.typed('subject'),
    state.typed('userId'),
    state.typed('tenantId'),
  ];
  return {
    ...state,
    names,
    filter: {
      ...(type === undefined ? {} : { type }),
      ...(subject === '' ? {} : { subject }),
      ...(userId === '' ? {} : { userId }),
      ...(tenantId === '' ? {} : { tenantId }),
      ...between(state.typed('from'), state.typed('to')),
    },
  };
}

type FiltersProps = {
  state: State;
  people?: readonly { value: string; label: string }[];
};

export function EventFilters({ state, people }: FiltersProps) {
  const { names, typed, set, filter } = state;
  const whom = { value: typed('userId') };
  return (
    <FilterBar state={state} isOn={Object.keys(filter).length > 0}>
      <Choice
        label="Type"
        any="Any"
        choices={securityEventTypes.map((value) => ({ value, label: sayType(value) }))}
        value={typed('type')}
        onChoose={(type) => set('type', type)}
      />
      {names.includes('tenantId') && (
        <Field
          label="Tenant"
          placeholder="its id"
          value={typed('tenantId')}
          onType={(id) => set('tenantId', id)}
        />
      )}
      {people === undefined ? (
        <Field label="Person" placeholder="their id" {...whom} onType={(id) => set('userId', id)} />
      ) : (
        <Choice label="By" any="Anybody" choices={people} {...whom} onChoose={(id) => set('userId', id)} />
      )}
      <Field
        label="Subject"
        placeholder="exactly"
        value={typed('subject')}
        onType={(subject) => set('subject', subject)}
      />
    </FilterBar>
  );
}
