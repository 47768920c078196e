/** How much of a limit is used; the marks stand at 80 %, where owners are told, and at 100 %. */
import { Box, Group, Text } from '@mantine/core';

type UsageBarProps = {
  label: string;
  used: number;
  /** undefined where there is none. */
  limit: number | undefined;
  say?: (value: number) => string;
  hint?: string | undefined;
};

const plain = new Intl.NumberFormat('en');

export function UsageBar({ label, used, limit, say = (value) => plain.format(value), hint }: UsageBarProps) {
  // A limit that is exceeded moves the marks to the left, so that they stay true.
  const whole = limit === undefined ? Math.max(used, 1) : Math.max(limit, used, 1);
  const percent = (value: number) => `${Math.min(100, (value / whole) * 100).toFixed(1)}%`;
  const level = limit === undefined || used < limit * 0.8 ? 'fine' : used < limit ? 'warn' : 'over';
  const text = limit === undefined ? `${say(used)}, no limit` : `${say(used)} of ${say(limit)}`;
  return (
    <Box>
      <Group justify="space-between" gap="xs" mb={4}>
        <Text size="sm">{label}</Text>
        <Text size="sm" className="figure">
          {text}
          {level === 'warn' && ' · nearly used up'}
          {level === 'over' && ' · used up'}
        </Text>
      </Group>
      <div
        className="bar"
        role="meter"
        aria-label={label}
        aria-valuemin={0}
        aria-valuemax={limit ?? whole}
        aria-valuenow={Math.min(used, limit ?? whole)}
        aria-valuetext={text}
      >
        {limit !== undefined && (
          <>
            <div className="bar-fill" data-level={level} style={{ width: percent(used) }} />
            <div className="bar-mark" style={{ left: percent(limit * 0.8) }} />
            <div className="bar-mark" style={{ left: `calc(${percent(limit)} - 2px)` }} />
          </>
        )}
      </div>
      {hint !== undefined && (
        <Text size="xs" c="dimmed" mt={4}>
          {hint}
        </Text>
      )}
    </Box>
  );
}
