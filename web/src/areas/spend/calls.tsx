/** The ledger, call by call, and as a file. */
import { Button, Text } from '@mantine/core';
import { useState } from 'react';
import { answer } from '../../api/client.ts';
import { usePages, useScope } from '../../hooks/data.ts';
import { useNames } from '../../hooks/names.ts';
import { useTenant } from '../../hooks/tenant.ts';
import { IconDownload } from '../../icons.ts';
import { saveAs } from '../../parts/csv.ts';
import { PagedTable } from '../../parts/data-table.tsx';
import { sayDollars } from '../../parts/dollars.ts';
import { Empty } from '../../parts/empty.tsx';
import { Section } from '../../parts/page.tsx';
import { Problem } from '../../parts/problem.tsx';
import { Status } from '../../parts/status.tsx';
import { When } from '../../parts/when.tsx';

const monthMs = 31 * 24 * 60 * 60 * 1000;

export function Calls() {
  const { slug } = useTenant();
  const { api } = useScope();
  const nameOf = useNames();
  const [isBusy, setIsBusy] = useState(false);
  const [error, setError] = useState<unknown>();
  const calls = usePages(['calls'], (client, cursor) =>
    answer(client.GET('/v1/ai/calls', { params: { query: { limit: 20, ...cursor } } })),
  );
  const save = async () => {
    setIsBusy(true);
    setError(undefined);
    try {
      saveAs(`${slug}-ai-calls.csv`, await readCsv(api));
    } catch (failure) {
      setError(failure);
    } finally {
      setIsBusy(false);
    }
  };
  return (
    <Section
      title="Calls"
      flush
      actions={
        <Button
          size="xs"
          variant="default"
          leftSection={<IconDownload size={14} />}
          loading={isBusy}
          onClick={() => void save()}
        >
          CSV of a month
        </Button>
      }
    >
      <Problem error={error} />
      <PagedTable
        label="Calls of models"
        pages={calls}
        keyOf={({ id }) => id}
        empty={
          <Empty title="No calls yet">
            Each call stands here with its tokens, its price and the rule that chose the model.
          </Empty>
        }
        columns={[
          { header: 'When', cell: ({ at }) => <When at={at} /> },
          { header: 'Model', cell: ({ model, rule }) => <Model model={model} rule={rule} /> },
          { header: 'Feature', from: 'sm', cell: ({ feature }) => feature },
          { header: 'By', from: 'md', cell: ({ userId, apiKeyId }) => nameOf(userId ?? apiKeyId) },
          {
            header: 'Tokens',
            isNumber: true,
            from: 'lg',
            cell: ({ inputTokens, outputTokens }) => `${inputTokens} in, ${outputTokens} out`,
          },
          { header: 'Status', from: 'lg', cell: ({ status }) => <Status value={status} /> },
          { header: 'Cost', isNumber: true, cell: ({ cost }) => sayDollars(cost) },
        ]}
      />
    </Section>
  );
}

function Model({ model, rule }: { model: string; rule: string }) {
  return (
    <>
      <Text size="sm">{model}</Text>
      <Text size="xs" c="dimmed">
        {rule}
      </Text>
    </>
  );
}

/** All pages of the file; the header stands in the first only. */
async function readCsv(api: ReturnType<typeof useScope>['api']): Promise<string> {
  const until = new Date().toISOString();
  const from = new Date(Date.now() - monthMs).toISOString();
  const parts: string[] = [];
  let cursor: string | null = '';
  while (cursor !== null) {
    const query = { from, until, ...(cursor === '' ? {} : { cursor }) };
    const page: { csv: string; nextCursor: string | null } = await answer(
      api.GET('/v1/ai/calls/export', { params: { query } }),
    );
    parts.push(page.csv);
    cursor = page.nextCursor;
  }
  return parts.join('');
}
