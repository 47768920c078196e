/** Budgets of AI: what may be spent by the tenant, a person, a feature or a key; and when a dear day is told. */
import { ActionIcon, Button, Group, Menu, Stack } from '@mantine/core';
import { useState } from 'react';
import { answer } from '../../api/client.ts';
import { useChange, useRead } from '../../hooks/data.ts';
import { useNames } from '../../hooks/names.ts';
import { useTenant } from '../../hooks/tenant.ts';
import { IconDots, IconPlus } from '../../icons.ts';
import { Confirm } from '../../parts/confirm.tsx';
import { Empty } from '../../parts/empty.tsx';
import { Loading, Page, Section } from '../../parts/page.tsx';
import { Problem } from '../../parts/problem.tsx';
import { type Budget, BudgetBar } from './budget-bar.tsx';
import { DailyAlert } from './daily-alert.tsx';
import { Increase, SetBudget } from './dialogs.tsx';
import { keyOf } from './keys.ts';

type Doing = { what: 'set'; budget?: Budget } | { what: 'raise' | 'remove'; budget: Budget } | undefined;

export default function BudgetsPage() {
  const { may } = useTenant();
  const nameOf = useNames();
  const [doing, setDoing] = useState<Doing>();
  const budgets = useRead(['budgets'], (api) => answer(api.GET('/v1/ai/budgets')));
  const remove = useChange(
    (api, budget: Budget) => answer(api.POST('/v1/ai/budgets/remove', { body: keyOf(budget) })),
    { done: () => 'The budget was removed.', stale: [['budgets'], ['audit']] },
  );
  const close = () => setDoing(undefined);
  const whose = ({ scope, subject }: Budget) => {
    if (scope === 'tenant' || subject === undefined) return 'The tenant';
    return scope === 'feature' ? `Feature ${subject}` : nameOf(subject);
  };
  return (
    <Page
      title="Budgets"
      about="A call reserves what it may cost at most before it is made, so budgets hold however many calls run at once."
      actions={
        may('ai:manage') && (
          <Button leftSection={<IconPlus size={16} />} onClick={() => setDoing({ what: 'set' })}>
            Set a budget
          </Button>
        )
      }
    >
      <Section title="In force">
        {budgets.isPending && <Loading />}
        <Problem error={budgets.error} retry={() => void budgets.refetch()} />
        {budgets.data?.items.length === 0 && (
          <Empty title="No budgets">Only the plan limits what AI may cost.</Empty>
        )}
        <Stack gap="sm">
          {budgets.data?.items.map((budget) => (
            <Group key={JSON.stringify(keyOf(budget))} wrap="nowrap" align="flex-start">
              <div style={{ flex: 1, minWidth: 0 }}>
                <BudgetBar budget={budget} whose={whose(budget)} />
              </div>
              {may('ai:manage') && <Actions budget={budget} whose={whose(budget)} onDo={setDoing} />}
            </Group>
          ))}
        </Stack>
      </Section>
      <DailyAlert />
      {doing?.what === 'set' && <SetBudget budget={doing.budget} onClose={close} />}
      {doing?.what === 'raise' && (
        <Increase budget={doing.budget} whose={whose(doing.budget)} onClose={close} />
      )}
      {doing?.what === 'remove' && (
        <Confirm
          title="Remove the budget?"
          action="Remove"
          isBusy={remove.isPending}
          error={remove.error}
          onConfirm={() => remove.mutate(doing.budget, { onSuccess: close })}
          onClose={close}
        >
          {whose(doing.budget)} may then spend as much as the other budgets allow.
        </Confirm>
      )}
    </Page>
  );
}

type ActionsProps = { budget: Budget; whose: string; onDo: (doing: Doing) => void };

function Actions({ budget, whose, onDo }: ActionsProps) {
  return (
    <Menu position="bottom-end" shadow="md">
      <Menu.Target>
        <ActionIcon
          variant="subtle"
          color="gray"
          aria-label={`Actions for the budget of ${whose}, a ${budget.window}`}
        >
          <IconDots size={18} />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item onClick={() => onDo({ what: 'set', budget })}>Change</Menu.Item>
        <Menu.Item onClick={() => onDo({ what: 'raise', budget })}>Grant more for a while</Menu.Item>
        {!budget.isDefault && (
          <Menu.Item color="red" onClick={() => onDo({ what: 'remove', budget })}>
            Remove
          </Menu.Item>
        )}
      </Menu.Dropdown>
    </Menu>
  );
}
