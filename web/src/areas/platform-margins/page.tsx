/** What AI costs the platform and brings in, tenant by tenant. */
import { TextInput } from '@mantine/core';
import { useState } from 'react';
import { answer, type Thing } from '../../api/client.ts';
import { usePages } from '../../hooks/data.ts';
import { PagedTable } from '../../parts/data-table.tsx';
import { sayDollars } from '../../parts/dollars.ts';
import { Empty } from '../../parts/empty.tsx';
import { Facts } from '../../parts/facts.tsx';
import { Page, Section } from '../../parts/page.tsx';
import { capital } from '../../parts/status.tsx';

type Total = Pick<Thing<'AiMargin'>, 'calls' | 'cost' | 'charged' | 'margin'>;

export default function PlatformMarginsPage() {
  const [month, setMonth] = useState(new Date().toISOString().slice(0, 7));
  const margins = usePages(['margins', month], (api, cursor) =>
    answer(api.GET('/v1/platform/ai/margins', { params: { query: { limit: 50, month, ...cursor } } })),
  );
  const [first] = margins.data?.pages ?? [];
  // The sum of the whole month comes with every page.
  const total = first === undefined ? undefined : (first as typeof first & { total: Total }).total;
  return (
    <Page
      title="AI margins"
      about="Months are those of UTC. What is charged is the cost and the mark-up of the plan."
      actions={
        <TextInput
          type="month"
          aria-label="Month"
          size="xs"
          value={month}
          onChange={(event) => {
            if (event.currentTarget.value !== '') setMonth(event.currentTarget.value);
          }}
        />
      }
    >
      <Facts
        facts={[
          { label: 'Calls', value: total?.calls.toLocaleString('en') },
          { label: 'Cost', value: total && sayDollars(total.cost) },
          { label: 'Charged', value: total && sayDollars(total.charged) },
          { label: 'Margin', value: total && sayDollars(total.margin) },
        ]}
      />
      <Section title="By tenant, dearest first" flush>
        <PagedTable
          label="Margins by tenant"
          pages={margins}
          keyOf={({ tenantId }) => tenantId}
          empty={<Empty title="No model was called in this month">Choose another month above.</Empty>}
          columns={[
            { header: 'Tenant', cell: ({ slug }) => slug },
            {
              header: 'Plan',
              from: 'sm',
              cell: ({ plan, markupPercent }) => `${capital(plan)}, + ${markupPercent} %`,
            },
            { header: 'Calls', isNumber: true, from: 'sm', cell: ({ calls }) => calls.toLocaleString('en') },
            { header: 'Cost', isNumber: true, cell: ({ cost }) => sayDollars(cost) },
            { header: 'Charged', isNumber: true, from: 'xs', cell: ({ charged }) => sayDollars(charged) },
            { header: 'Margin', isNumber: true, cell: ({ margin }) => sayDollars(margin) },
          ]}
        />
      </Section>
    </Page>
  );
}
