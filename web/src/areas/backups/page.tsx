/** Backups of the tenant, and the way back to one: ask, a second person agrees, look at the difference, apply. */
import { Button, Group, Text } from '@mantine/core';
import { useState } from 'react';
import { answer, type Thing } from '../../api/client.ts';
import { useChange, usePages } from '../../hooks/data.ts';
import { useTenant } from '../../hooks/tenant.ts';
import { sayBytes } from '../../parts/bytes.ts';
import { CopyOnce } from '../../parts/copy-once.tsx';
import { PagedTable } from '../../parts/data-table.tsx';
import { Empty } from '../../parts/empty.tsx';
import { Page, Section } from '../../parts/page.tsx';
import { Problem } from '../../parts/problem.tsx';
import { Status } from '../../parts/status.tsx';
import { When } from '../../parts/when.tsx';
import { AskToRestore } from './ask.tsx';
import { Restores } from './restores.tsx';

type Backup = Thing<'Backup'>;

const growingMs = 2_000;
const kinds: Readonly<Record<string, string>> = {
  scheduled: 'Nightly',
  manual: 'Taken by hand',
  before_restore: 'Before a restore',
  point_in_time: 'For a point in time',
};

export default function BackupsPage() {
  const { may } = useTenant();
  const [restoring, setRestoring] = useState<Backup>();
  const [fileKey, setFileKey] = useState<string>();
  const backups = usePages(
    ['backups'],
    (api, cursor) => answer(api.GET('/v1/backups', { params: { query: { limit: 20, ...cursor } } })),
    {
      everyMs: (items) =>
        items.some(({ status }) => status === 'queued' || status === 'running') ? growingMs : false,
    },
  );
  const take = useChange((api, _: undefined) => answer(api.POST('/v1/backups')), {
    done: () => 'A backup is being taken.',
    stale: [['backups'], ['audit']],
  });
  const fetchFile = useChange(
    (api, backupId: string) =>
      answer(api.POST('/v1/backups/{backupId}/download', { params: { path: { backupId } } })),
    { stale: [['audit']] },
  );
  const download = (backupId: string) =>
    fetchFile.mutate(backupId, {
      onSuccess: ({ url, key }) => {
        if (key !== null) setFileKey(key);
        if (url !== null) location.assign(url);
      },
    });
  return (
    <Page
      title="Backups"
      about="Taken each night, and whenever you say so. Bringing the tenant back takes two people."
      actions={
        may('backups:create') && (
          <Button loading={take.isPending} onClick={() => take.mutate(undefined)}>
            Take a backup
          </Button>
        )
      }
    >
      <Problem error={take.error ?? fetchFile.error} />
      <Restores />
      <Section title="Backups" flush>
        <PagedTable
          label="Backups"
          pages={backups}
          keyOf={({ id }) => id}
          empty={<Empty title="No backups yet">The first is taken tonight. You can take one now.</Empty>}
          columns={[
            { header: 'As of', cell: (backup) => <Moment backup={backup} /> },
            { header: 'State', cell: ({ status }) => <Status value={status} /> },
            {
              header: 'Rows',
              isNumber: true,
              from: 'sm',
              cell: ({ tables }) => tables.reduce((sum, { rows }) => sum + rows, 0).toLocaleString('en'),
            },
            {
              header: 'Size',
              isNumber: true,
              from: 'md',
              cell: ({ bytes }) => (bytes === null ? '–' : sayBytes(bytes)),
            },
            { header: 'Kept until', from: 'md', cell: ({ expiresAt }) => <When at={expiresAt} /> },
            {
              header: '',
              isNumber: true,
              cell: (backup) =>
                backup.status === 'done' && (
                  <Group gap={4} justify="flex-end">
                    {may('backups:download') && (
                      <Button size="compact-xs" variant="subtle" onClick={() => download(backup.id)}>
                        Download
                      </Button>
                    )}
                    {may('restores:request') && (
                      <Button size="compact-xs" variant="default" onClick={() => setRestoring(backup)}>
                        Restore
                      </Button>
                    )}
                  </Group>
                ),
            },
          ]}
        />
      </Section>
      {restoring !== undefined && <AskToRestore backup={restoring} onClose={() => setRestoring(undefined)} />}
      {fileKey !== undefined && (
        <CopyOnce
          title="The key of this file"
          about="The file is encrypted. This key opens it, and no other."
          secret={fileKey}
          onClose={() => setFileKey(undefined)}
        />
      )}
    </Page>
  );
}

function Moment({ backup: { snapshotAt, createdAt, kind, error } }: { backup: Backup }) {
  return (
    <>
      <When at={snapshotAt ?? createdAt} />
      <Text size="xs" c="dimmed">
        {error === null ? sayKind(kind) : `${sayKind(kind)}: ${error}`}
      </Text>
    </>
  );
}

function sayKind(kind: Backup['kind']): string {
  return kinds[kind] ?? kind;
}
