/** What narrows a list, in a row above it. */
import { Button, Group, NativeSelect, TextInput } from '@mantine/core';
import type { ReactNode } from 'react';
import type { AddressFilter } from '../hooks/address-filter.ts';

type BarProps = {
  state: AddressFilter<'from' | 'to'>;
  /** Whether anything is left out of the list. */
  isOn: boolean;
  children: ReactNode;
};

/** Fields, two days between which things happened, and a way to be rid of all of it. */
export function FilterBar({ state, isOn, children }: BarProps) {
  return (
    <Group align="flex-end" gap="sm" px="md" pb="sm">
      {children}
      <Field label="From" type="date" value={state.typed('from')} onType={(day) => state.set('from', day)} />
      <Field label="To" type="date" value={state.typed('to')} onType={(day) => state.set('to', day)} />
      {isOn && (
        <Button size="xs" variant="subtle" onClick={state.clear}>
          Clear
        </Button>
      )}
    </Group>
  );
}

type FieldProps = {
  label: string;
  value: string;
  onType: (text: string) => void;
  placeholder?: string;
  type?: 'text' | 'date';
  /** The id of a list of proposals. */
  list?: string;
};

export function Field({ onType, ...field }: FieldProps) {
  return <TextInput size="xs" {...field} onChange={(event) => onType(event.currentTarget.value.trim())} />;
}

type ChoiceProps = {
  label: string;
  any: string;
  choices: readonly { value: string; label: string }[];
  value: string;
  onChoose: (value: string) => void;
};

/** One of several, or any. */
export function Choice({ any, choices, onChoose, ...field }: ChoiceProps) {
  return (
    <NativeSelect
      size="xs"
      data={[{ value: '', label: any }, ...choices]}
      {...field}
      onChange={(event) => onChoose(event.currentTarget.value)}
    />
  );
}
