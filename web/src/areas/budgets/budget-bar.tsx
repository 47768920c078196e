/** A budget with what is spent and held of it. */
import { Box } from '@mantine/core';
import type { Thing } from '../../api/client.ts';
import { sayDollars } from '../../parts/dollars.ts';
import { UsageBar } from '../../parts/usage-bar.tsx';

export type Budget = Thing<'AiBudget'>;

export function BudgetBar({ budget, whose }: { budget: Budget; whose: string }) {
  const { window, spent, reserved, limit, limitNow, policy, isDefault } = budget;
  const hints = [
    Number(reserved) > 0 ? `${sayDollars(reserved)} held for calls under way` : undefined,
    limitNow === limit ? undefined : `${sayDollars(limit)} and what was granted on top`,
    policy === 'block' ? 'Calls beyond it are refused' : 'Calls beyond it go on and are charged',
    isDefault ? 'The plan’s own' : undefined,
  ];
  return (
    <Box mb="sm">
      <UsageBar
        label={`${whose}, ${window === 'day' ? 'today' : 'this month'}`}
        used={Number(spent) + Number(reserved)}
        limit={Number(limitNow)}
        say={sayDollars}
        hint={hints.filter((hint) => hint !== undefined).join(' · ')}
      />
    </Box>
  );
}
