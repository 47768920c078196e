/** Rehearsed restores, the latest first. */
import { answer } from '../../api/client.ts';
import { usePages } from '../../hooks/data.ts';
import { PagedTable } from '../../parts/data-table.tsx';
import { Empty } from '../../parts/empty.tsx';
import { Section } from '../../parts/page.tsx';
import { Status } from '../../parts/status.tsx';
import { When } from '../../parts/when.tsx';
import { sayCount, saySeconds } from '../../parts/figures.ts';

export function Drills() {
  const drills = usePages(['drills'], (api, cursor) =>
    answer(api.GET('/v1/platform/drills', { params: { query: { limit: 10, ...cursor } } })),
  );
  return (
    <Section title="Rehearsed restores" flush>
      <PagedTable
        label="Rehearsed restores"
        pages={drills}
        keyOf={({ id }) => id}
        empty={<Empty title="No restore was rehearsed yet">One is, every week, of a tenant by chance.</Empty>}
        columns={[
          { header: 'When', cell: ({ createdAt }) => <When at={createdAt} /> },
          { header: 'Outcome', cell: ({ status }) => <Status value={status} /> },
          { header: 'Took', isNumber: true, cell: ({ rtoSeconds }) => saySeconds(rtoSeconds) },
          {
            header: 'Would be lost',
            isNumber: true,
            from: 'sm',
            cell: ({ rpoSeconds }) => saySeconds(rpoSeconds),
          },
          {
            header: 'Rows',
            isNumber: true,
            from: 'sm',
            cell: ({ rows }) => (rows === null ? '–' : sayCount(rows)),
          },
          { header: 'Found', from: 'md', cell: ({ findings }) => findings.join('; ') || '–' },
        ]}
      />
    </Section>
  );
}
