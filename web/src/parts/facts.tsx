/** A few figures or words side by side, each with what it means. */
import { Paper, SimpleGrid, Skeleton, Text } from '@mantine/core';
import type { ReactNode } from 'react';

/** `value` is undefined while it is read. */
export type Fact = { label: string; value: ReactNode; hint?: ReactNode };

export function Facts({ facts }: { facts: readonly Fact[] }) {
  return (
    <SimpleGrid component="dl" cols={{ base: 2, sm: Math.min(facts.length, 4) }} m={0}>
      {facts.map(({ label, value, hint }) => (
        <Paper key={label} p="sm">
          <Text component="dt" size="xs" c="dimmed">
            {label}
          </Text>
          <Text component="dd" m={0} mt={2} fw={600} className="figure break">
            {value ?? <Skeleton h={20} w="60%" mt={4} component="span" display="block" />}
          </Text>
          {hint !== undefined && (
            <Text component="dd" m={0} size="xs" c="dimmed">
              {hint}
            </Text>
          )}
        </Paper>
      ))}
    </SimpleGrid>
  );
}
