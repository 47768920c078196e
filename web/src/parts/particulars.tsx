/** What is known of one thing, a line for each. */
import { Table, Text } from '@mantine/core';
import type { ReactNode } from 'react';

/** What it is, and its value. */
export type Particular = readonly [label: string, value: ReactNode];

export function Particulars({ of }: { of: readonly Particular[] }) {
  return (
    <Table variant="vertical" withRowBorders={false} verticalSpacing={4}>
      <Table.Tbody>
        {of.map(([label, value]) => (
          <Table.Tr key={label}>
            <Table.Th w={96} fw={500}>
              {label}
            </Table.Th>
            <Table.Td>
              <Text size="sm" component="span" className="break">
                {value}
              </Text>
            </Table.Td>
          </Table.Tr>
        ))}
      </Table.Tbody>
    </Table>
  );
}
