/** Reports as files: what there is, asking for one, watching it grow, fetching it, and who has. */
import { Badge, Button, Group, Progress, SimpleGrid, Text } from '@mantine/core';
import { useState } from 'react';
import { answer, type Thing } from '../../api/client.ts';
import { useChange, usePages, useRead } from '../../hooks/data.ts';
import { useNames } from '../../hooks/names.ts';
import { useTenant } from '../../hooks/tenant.ts';
import { sayBytes } from '../../parts/bytes.ts';
import { PagedTable } from '../../parts/data-table.tsx';
import { Empty } from '../../parts/empty.tsx';
import { Loading, Page, Section } from '../../parts/page.tsx';
import { Problem } from '../../parts/problem.tsx';
import { Status } from '../../parts/status.tsx';
import { When } from '../../parts/when.tsx';
import { AskForFile } from './ask.tsx';
import { Downloads } from './downloads.tsx';

type Export = Thing<'Export'>;

const growingMs = 1_500;
const isGrowing = ({ status }: Export) => status === 'queued' || status === 'running';

export default function ExportsPage() {
  const { may } = useTenant();
  const [asking, setAsking] = useState<Thing<'Report'>>();
  const reports = useRead(['reports'], (api) => answer(api.GET('/v1/reports')));
  return (
    <Page title="Exports" about="Reports as files. Each names its purpose; each download is recorded.">
      <Section title="Reports">
        {reports.isPending && <Loading />}
        <Problem error={reports.error} retry={() => void reports.refetch()} />
        {reports.data?.items.length === 0 && <Empty title="There is no report for your role" />}
        <SimpleGrid cols={{ base: 1, sm: 2, lg: 3 }}>
          {reports.data?.items.map((report) => (
            <Group key={report.id} justify="space-between" wrap="nowrap" align="flex-start">
              <div>
                <Text size="sm" fw={500}>
                  {report.summary} {report.sensitive && <Badge color="orange">Sensitive</Badge>}
                </Text>
                <Text size="xs" c="dimmed">
                  {report.formats.join(', ')}
                </Text>
              </div>
              {may('exports:create') && (
                <Button
                  size="xs"
                  variant="default"
                  flex="none"
                  aria-label={`Export: ${report.summary}`}
                  onClick={() => setAsking(report)}
                >
                  Export
                </Button>
              )}
            </Group>
          ))}
        </SimpleGrid>
      </Section>
      <Files />
      {asking !== undefined && <AskForFile report={asking} onClose={() => setAsking(undefined)} />}
    </Page>
  );
}

function Files() {
  const nameOf = useNames();
  const [logOf, setLogOf] = useState<Export>();
  const files = usePages(
    ['exports'],
    (api, cursor) => answer(api.GET('/v1/exports', { params: { query: { limit: 20, ...cursor } } })),
    { everyMs: (items) => (items.some(isGrowing) ? growingMs : false) },
  );
  const cancel = useChange(
    (api, exportId: string) =>
      answer(api.POST('/v1/exports/{exportId}/cancel', { params: { path: { exportId } } })),
    { done: () => 'The export was stopped.', stale: [['exports'], ['usage']] },
  );
  const fetchFile = useChange(
    (api, exportId: string) =>
      answer(api.POST('/v1/exports/{exportId}/download', { params: { path: { exportId } } })),
    { stale: [['downloads'], ['audit']] },
  );
  return (
    <Section title="Files" flush>
      <Problem error={cancel.error ?? fetchFile.error} />
      <PagedTable
        label="Files"
        pages={files}
        keyOf={({ id }) => id}
        empty={
          <Empty title="No files yet">
            Choose a report above. You can leave the page while the file is made.
          </Empty>
        }
        columns={[
          { header: 'File', cell: (one) => <Named file={one} by={nameOf(one.requestedBy)} /> },
          { header: 'State', cell: (one) => <State file={one} /> },
          { header: 'Asked', from: 'md', cell: ({ requestedAt }) => <When at={requestedAt} /> },
          { header: 'Removed', from: 'lg', cell: ({ expiresAt }) => <When at={expiresAt} empty="–" /> },
          {
            header: '',
            isNumber: true,
            cell: (one) => (
              <Group gap={4} justify="flex-end">
                {isGrowing(one) && (
                  <Button
                    size="compact-xs"
                    variant="subtle"
                    color="red"
                    onClick={() => cancel.mutate(one.id)}
                  >
                    Stop
                  </Button>
                )}
                {one.status === 'finished' && (
                  <Button
                    size="compact-xs"
                    aria-label={`Download ${one.fileName}`}
                    onClick={() =>
                      fetchFile.mutate(one.id, {
                        onSuccess: ({ url }) => {
                          if (url !== null) location.assign(url);
                        },
                      })
                    }
                  >
                    Download
                  </Button>
                )}
                <Button
                  size="compact-xs"
                  variant="subtle"
                  aria-label={`Log of the downloads of ${one.fileName}`}
                  onClick={() => setLogOf(one)}
                >
                  Log
                </Button>
              </Group>
            ),
          },
        ]}
      />
      {logOf !== undefined && <Downloads file={logOf} onClose={() => setLogOf(undefined)} />}
    </Section>
  );
}

function Named({ file: { fileName, purpose }, by }: { file: Export; by: string }) {
  return (
    <>
      <Text size="sm" className="break">
        {fileName}
      </Text>
      <Text size="xs" c="dimmed" className="break">
        {purpose} · {by}
      </Text>
    </>
  );
}

function State({ file }: { file: Export }) {
  const { status, percent, rows, bytes, error } = file;
  if (isGrowing(file)) {
    return (
      <>
        <Progress value={percent} aria-label={`Made so far: ${percent} %`} mb={4} miw={80} />
        <Text size="xs" c="dimmed">
          {rows.toLocaleString('en')} rows
        </Text>
      </>
    );
  }
  return (
    <>
      <Status value={status} />
      <Text size="xs" c="dimmed">
        {status === 'finished' ? `${rows.toLocaleString('en')} rows, ${sayBytes(bytes)}` : error}
      </Text>
    </>
  );
}
