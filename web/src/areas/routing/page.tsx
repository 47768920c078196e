/** Which model answers: the rules in the order in which they are asked, and the tenant’s own among them. */
import { Badge, Button, Group, Text } from '@mantine/core';
import { useState } from 'react';
import { answer, type Thing } from '../../api/client.ts';
import { useChange, useRead } from '../../hooks/data.ts';
import { useTenant } from '../../hooks/tenant.ts';
import { DataTable } from '../../parts/data-table.tsx';
import { sayDollars } from '../../parts/dollars.ts';
import { Loading, Page, Section } from '../../parts/page.tsx';
import { Problem } from '../../parts/problem.tsx';
import { RuleList } from './rule-list.tsx';
import { type Rule, sayCondition } from './rules.ts';

type Shown = Thing<'AiRouteInForce'>;

const owners: Readonly<Record<Shown['whose'], string>> = {
  platform_for_tenant: 'The platform, for this tenant',
  platform: 'The platform',
  tenant: 'This tenant',
  house: 'Built in',
};

export default function RoutingPage() {
  const { may } = useTenant();
  const routes = useRead(['routes'], (api) => answer(api.GET('/v1/ai/routes')));
  const models = useRead(['models'], (api) => answer(api.GET('/v1/ai/models')), { enabled: may('ai:use') });
  return (
    <Page
      title="Routing"
      about="The first rule that fits chooses the model. The answer and the ledger name the rule."
    >
      {routes.isPending && (
        <Section title="Rules">
          <Loading />
        </Section>
      )}
      <Problem error={routes.error} retry={() => void routes.refetch()} />
      {routes.data !== undefined && (
        <>
          <OwnRules key={JSON.stringify(routes.data.items)} shown={routes.data.items} />
          <InForce shown={routes.data.items} />
        </>
      )}
      {models.data !== undefined && <Models models={models.data.items} />}
    </Page>
  );
}

function OwnRules({ shown }: { shown: readonly Shown[] }) {
  const { may } = useTenant();
  const stored = shown.filter(({ whose }) => whose === 'tenant').map(ruleOf);
  const [rules, setRules] = useState<Rule[]>(stored);
  const save = useChange(
    (api, wanted: Rule[]) =>
      // What was chosen from the contract’s own names fits the contract.
      answer(api.PUT('/v1/ai/routes', { body: { rules: wanted as Thing<'AiRoute'>[] } })),
    { done: () => 'The rules hold from the next call on.', stale: [['routes'], ['models'], ['audit']] },
  );
  const isChanged = JSON.stringify(rules) !== JSON.stringify(stored);
  return (
    <Section
      title="Your rules"
      about="They may choose what the plan includes."
      actions={
        isChanged && (
          <Group gap="xs">
            <Button size="xs" variant="default" onClick={() => setRules(stored)}>
              Discard
            </Button>
            <Button size="xs" loading={save.isPending} onClick={() => save.mutate(rules)}>
              Save the rules
            </Button>
          </Group>
        )
      }
    >
      <Problem error={save.error} />
      <RuleList
        rules={rules}
        mayChange={may('ai:manage')}
        empty="Without rules of your own, the platform’s rules and the plan choose."
        onChange={setRules}
      />
    </Section>
  );
}

function ruleOf({ name, use, when, firm }: Shown): Rule {
  return { name: name.replace(/^tenant:/, ''), use, when, firm };
}

function InForce({ shown }: { shown: readonly Shown[] }) {
  const rows = shown.map((rule, place) => ({ ...rule, place }));
  return (
    <Section title="In the order in which they are asked" flush>
      <DataTable
        label="Rules in force"
        rows={rows}
        keyOf={({ place }) => String(place)}
        columns={[
          {
            header: 'Rule',
            cell: ({ name, applies }) => (
              <Group gap={6}>
                <Text size="sm">{name}</Text>
                {!applies && <Badge color="orange">Not in the plan</Badge>}
              </Group>
            ),
          },
          { header: 'Whose', from: 'sm', cell: ({ whose }) => owners[whose] },
          { header: 'When', from: 'md', cell: ({ when }) => sayCondition(when) },
          { header: 'Chooses', cell: ({ use }) => use },
        ]}
      />
    </Section>
  );
}

function Models({ models }: { models: readonly Thing<'AiModel'>[] }) {
  return (
    <Section title="Models" about="Dollars a million tokens, of the provider that is asked first." flush>
      <DataTable
        label="Models"
        rows={models}
        keyOf={({ name }) => name}
        columns={[
          {
            header: 'Model',
            cell: ({ name, byDefault }) => (
              <Group gap={6}>
                <Text size="sm">{name}</Text>
                {byDefault && <Badge color="green">Default</Badge>}
              </Group>
            ),
          },
          { header: 'Class', from: 'sm', cell: ({ class: ofClass }) => ofClass },
          {
            header: 'In',
            isNumber: true,
            cell: ({ prices: [first] }) => (first === undefined ? '–' : sayDollars(first.input)),
          },
          {
            header: 'Out',
            isNumber: true,
            cell: ({ prices: [first] }) => (first === undefined ? '–' : sayDollars(first.output)),
          },
          {
            header: 'Prompt and answer',
            isNumber: true,
            from: 'md',
            cell: ({ contextTokens }) => `${contextTokens.toLocaleString('en')} tokens`,
          },
        ]}
      />
    </Section>
  );
}
