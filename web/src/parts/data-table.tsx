/** Rows that people scan: what matters least leaves first on a narrow screen, and the rest comes page by page. */
import { Box, Button, Center, type MantineBreakpoint, Table, VisuallyHidden } from '@mantine/core';
import type { ReactNode } from 'react';
import type { Pages } from '../hooks/data.ts';
import { Loading } from './page.tsx';
import { Problem } from './problem.tsx';

export type Column<Row> = {
  /** An empty header is read out as “Actions”. */
  header: string;
  cell: (row: Row) => ReactNode;
  /** Shown from this width on; always unless told. */
  from?: MantineBreakpoint;
  isNumber?: boolean;
  width?: string;
};

/** In the last column: shows a row as a whole. */
export function DetailsButton({ of, onClick }: { of: string; onClick: () => void }) {
  return (
    <Button size="compact-xs" variant="subtle" aria-label={`Details of ${of}`} onClick={onClick}>
      Details
    </Button>
  );
}

type TableProps<Row> = {
  label: string;
  columns: readonly Column<Row>[];
  rows: readonly Row[];
  keyOf: (row: Row) => string;
};

/** A table of what is there already. */
export function DataTable<Row>({ label, columns, rows, keyOf }: TableProps<Row>) {
  return (
    <Box style={{ overflowX: 'auto' }} role="group" aria-label={label} tabIndex={0}>
      <Table className="data-table" verticalSpacing="xs" horizontalSpacing="md" highlightOnHover>
        <Table.Thead>
          <Table.Tr>
            {columns.map((column, place) => (
              <Table.Th key={place} {...shown(column)} w={column.width}>
                {column.header === '' ? <VisuallyHidden>Actions</VisuallyHidden> : column.header}
              </Table.Th>
            ))}
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {rows.map((row) => (
            <Table.Tr key={keyOf(row)}>
              {columns.map((column, place) => (
                <Table.Td key={place} {...shown(column)}>
                  {column.cell(row)}
                </Table.Td>
              ))}
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Box>
  );
}

function shown<Row>({ from, isNumber }: Column<Row>) {
  return {
    ...(from === undefined ? {} : { visibleFrom: from }),
    ...(isNumber === true ? { className: 'number' } : {}),
  };
}

type PagesProps<Row> = Omit<TableProps<Row>, 'rows'> & { pages: Pages<Row>; empty: ReactNode };

/** A table of a list that comes page by page. */
export function PagedTable<Row>({ pages, empty, ...table }: PagesProps<Row>) {
  const { items, isPending, error, hasNextPage, isFetchingNextPage } = pages;
  if (isPending) return <Loading lines={6} />;
  if (items === undefined)
    return (
      <Box p="md">
        <Problem error={error} retry={() => void pages.refetch()} />
      </Box>
    );
  if (items.length === 0) return empty;
  return (
    <>
      <DataTable {...table} rows={items} />
      {error !== null && <Problem error={error} retry={() => void pages.fetchNextPage()} />}
      {hasNextPage && (
        <Center p="sm">
          <Button
            variant="default"
            size="xs"
            loading={isFetchingNextPage}
            onClick={() => void pages.fetchNextPage()}
          >
            Load more
          </Button>
        </Center>
      )}
    </>
  );
}
