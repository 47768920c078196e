/** What of the trail is shown. */
import { type AddressFilter, between, useAddressFilter } from '../../hooks/address-filter.ts';
import { Choice, Field, FilterBar } from '../../parts/filter-bar.tsx';

/** A filter as the service takes it. */
export type AuditFilter = {
  action?: string;
  actorId?: string;
  targetId?: string;
  from?: string;
  to?: string;
};

const names = ['action', 'actorId', 'targetId', 'from', 'to'] as const;

type State = AddressFilter<(typeof names)[number]> & { filter: AuditFilter };

export function useAuditFilter(): State {
  const state = useAddressFilter(names);
  const [action, actorId, targetId] = [
    state.typed('action'),
    state.typed('actorId'),
    state.typed('targetId'),
  ];
  return {
    ...state,
    filter: {
      ...(action === '' ? {} : { action }),
      ...(actorId === '' ? {} : { actorId }),
      ...(targetId === '' ? {} : { targetId }),
      ...between(state.typed('from'), state.typed('to')),
    },
  };
}

type FiltersProps = {
  state: State;
  actions: readonly string[];
  people: readonly { value: string; label: string }[];
};

export function AuditFilters({ state, actions, people }: FiltersProps) {
  const { typed, set, filter } = state;
  return (
    <FilterBar state={state} isOn={Object.keys(filter).length > 0}>
      <Field
        label="Action"
        list="audit-actions"
        placeholder="any"
        value={typed('action')}
        onType={(action) => set('action', action)}
      />
      <datalist id="audit-actions">
        {actions.map((action) => (
          <option key={action} value={action} />
        ))}
      </datalist>
      <Choice
        label="By"
        any="Anybody"
        choices={people}
        value={typed('actorId')}
        onChoose={(id) => set('actorId', id)}
      />
      <Field
        label="Resource"
        placeholder="its id"
        value={typed('targetId')}
        onType={(id) => set('targetId', id)}
      />
    </FilterBar>
  );
}
