/** Backups of the tenant. */
import { rowCount } from '../arguments.ts';
import type { Group, Run } from '../command.ts';
import { Refusal } from '../exit.ts';
import { collect } from '../pages.ts';
import { count, moment } from '../text.ts';
import { fetchFile, waitFor } from '../waiting.ts';

export const addBackups: Group = (program, run) => {
  const backups = program.command('backups').description('Backups of the tenant');
  backups
    .command('list')
    .description('Backups, newest first')
    .option('--limit <rows>', 'the most to show', rowCount, 40)
    .action(run((self, { limit }: { limit: number }) => list(self, limit)));
  backups
    .command('take')
    .description('Take a backup now and wait for it, beside the nightly ones')
    .action(run((self) => take(self)));
  backups
    .command('download <backup>')
    .description('Save the sealed file of a backup; the key that opens it is printed, this once')
    .requiredOption('-o, --output <file>', 'where to save the file')
    .action(run((self, id: string, { output }: { output: string }) => download(self, id, output)));
};

async function list({ out, connect }: Run, limit: number): Promise<void> {
  const { api } = await connect();
  const rows = await collect((page) => api.backups.list(page), limit);
  out.rows(
    rows,
    [
      { title: 'taken', value: ({ snapshotAt, createdAt }) => moment(snapshotAt ?? createdAt) },
      { title: 'kind', value: ({ kind }) => kind.replaceAll('_', ' ') },
      {
        title: 'status',
        value: ({ status }) => status,
        style: ({ status }) => (status === 'done' ? 'good' : status === 'failed' ? 'bad' : 'warn'),
      },
      {
        title: 'rows',
        value: ({ tables }) => count(tables.reduce((sum, one) => sum + one.rows, 0)),
        right: true,
      },
      {
        title: 'KiB',
        value: ({ bytes }) => (bytes === null ? '–' : count(Math.ceil(bytes / 1024))),
        right: true,
      },
      { title: 'kept until', value: ({ expiresAt }) => moment(expiresAt) },
      { title: 'id', value: ({ id }) => id },
    ],
    'There is no backup yet; one is taken every night.',
  );
}

async function take(self: Run): Promise<void> {
  const { out, connect } = self;
  const { api } = await connect();
  const { id } = await api.backups.create({});
  const backup = await waitFor(self, {
    read: () => api.backups.get({ backupId: id }),
    look: ({ status }) => ({
      text: `The backup is ${status}`,
      isOver: status !== 'queued' && status !== 'running',
    }),
    later: 'plinth backups list shows it.',
  });
  if (backup.status !== 'done')
    throw new Refusal(`The backup is ${backup.status}: ${backup.error ?? 'unknown'}.`);
  out.plain(backup, backup.id);
  out.note(`The tenant as of ${moment(backup.snapshotAt)}, kept until ${moment(backup.expiresAt)}.`);
}

async function download(self: Run, id: string, output: string): Promise<void> {
  const { api } = await self.connect();
  const { url, key, sha256, fileName } = await api.backups.download({ backupId: id });
  if (url === null || key === null) throw new Refusal('The service gave no link to the file.');
  await fetchFile(self, url, output);
  self.out.plain({ fileName, sha256, key }, key);
  self.out.note(`SHA-256 ${sha256}. The key that opens the file is shown this once; keep it apart from it.`);
}
