/** Who asked for a link to a file. */
import { answer, type Thing } from '../../api/client.ts';
import { usePages } from '../../hooks/data.ts';
import { useNames } from '../../hooks/names.ts';
import { PagedTable } from '../../parts/data-table.tsx';
import { Dialog } from '../../parts/dialog.tsx';
import { Empty } from '../../parts/empty.tsx';
import { When } from '../../parts/when.tsx';

export function Downloads({
  file: { id, fileName },
  onClose,
}: {
  file: Thing<'Export'>;
  onClose: () => void;
}) {
  const nameOf = useNames();
  const downloads = usePages(['downloads', id], (api, cursor) =>
    answer(
      api.GET('/v1/exports/{exportId}/downloads', {
        params: { path: { exportId: id }, query: { limit: 20, ...cursor } },
      }),
    ),
  );
  return (
    <Dialog onClose={onClose} title={`Downloads of ${fileName}`}>
      <PagedTable
        label="Downloads"
        pages={downloads}
        keyOf={(one) => one.id}
        empty={<Empty title="Nobody has downloaded it" />}
        columns={[
          { header: 'Who', cell: ({ by }) => nameOf(by) },
          { header: 'When', cell: ({ at }) => <When at={at} /> },
          { header: 'From', from: 'sm', cell: ({ ip }) => ip },
        ]}
      />
    </Dialog>
  );
}
