/** What a change made of something: field by field, before and after. */
import { Text } from '@mantine/core';
import { DataTable } from './data-table.tsx';

type Fields = Readonly<Record<string, unknown>> | null;

export function Differences({ before, after }: { before: Fields; after: Fields }) {
  const names = [...new Set([...Object.keys(before ?? {}), ...Object.keys(after ?? {})])];
  if (names.length === 0) {
    return (
      <Text size="sm" c="dimmed">
        Nothing was recorded of what changed.
      </Text>
    );
  }
  return (
    <div className="difference">
      <DataTable
        label="Differences"
        rows={names}
        keyOf={(name) => name}
        columns={[
          { header: 'Field', cell: (name) => <code className="break">{name}</code> },
          { header: 'Before', cell: (name) => <Value of={before} name={name} other={after} mark="del" /> },
          { header: 'After', cell: (name) => <Value of={after} name={name} other={before} mark="ins" /> },
        ]}
      />
    </div>
  );
}

type ValueProps = { of: Fields; name: string; other: Fields; mark: 'ins' | 'del' };

function Value({ of, name, other, mark: Mark }: ValueProps) {
  if (of === null || !Object.hasOwn(of, name)) {
    return (
      <Text span c="dimmed" size="sm">
        –
      </Text>
    );
  }
  const text = sayValue(of[name]);
  const isSame = other !== null && Object.hasOwn(other, name) && sayValue(other[name]) === text;
  return isSame ? <span className="break">{text}</span> : <Mark className="break">{text}</Mark>;
}

function sayValue(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}
