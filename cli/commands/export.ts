/** Reports as files. */
import { InvalidArgumentError, Option } from 'commander';
import { reportFormats } from '#shared/contract/report.ts';
import { isId } from '#shared/contract/ids.ts';
import { rowCount } from '../arguments.ts';
import type { Group, Run } from '../command.ts';
import type { Connection } from '../connection.ts';
import { Refusal } from '../exit.ts';
import { collect } from '../pages.ts';
import type { Style } from '../table.ts';
import { count, moment } from '../text.ts';
import { fetchFile, waitFor } from '../waiting.ts';

export const addExport: Group = (program, run) => {
  const group = program.command('export').description('Reports of the tenant as files');
  const output = ['-o, --output <file>', 'where to save the file; - is standard output'] as const;
  group
    .command('reports')
    .description('The reports that you may have')
    .action(run((self) => reports(self)));
  group
    .command('start <report>')
    .description('Make a file of a report and wait for it; with --output, fetch it as well')
    .requiredOption('--purpose <text>', 'what the file is for; it stands in the audit trail')
    .addOption(new Option('--format <format>').choices(reportFormats).default('csv'))
    .option(
      '--set <name=value...>',
      'what the report is asked, such as from=2026-11-01T00:00:00Z',
      parameter,
      {},
    )
    .option(...output)
    .option('--no-wait', 'print the id and leave')
    .action(run((self, report: string, options: StartOptions) => start(self, report, options)));
  group
    .command('list')
    .description('Exports, newest first')
    .option('--limit <rows>', 'the most to show', rowCount, 20)
    .action(run((self, { limit }: { limit: number }) => list(self, limit)));
  group
    .command('download <export>')
    .description('Wait for an export, given by id, and fetch its file')
    .requiredOption(...output)
    .action(run((self, id: string, { output: file }: { output: string }) => download(self, id, file)));
  group
    .command('cancel <export>')
    .description('Stop an export that is not finished')
    .action(run((self, id: string) => cancel(self, id)));
};

type StartOptions = {
  purpose: string;
  format: (typeof reportFormats)[number];
  set: Record<string, string>;
  output?: string;
  wait: boolean;
};
type Export = Awaited<ReturnType<Connection['api']['exports']['get']>>;

const styles: Readonly<Partial<Record<Export['status'], Style>>> = {
  finished: 'good',
  failed: 'bad',
  running: 'warn',
  queued: 'warn',
};

async function reports({ out, connect }: Run): Promise<void> {
  const { api } = await connect();
  const { items } = await api.exports.reports({});
  out.rows(
    items,
    [
      { title: 'report', value: ({ id }) => id },
      { title: 'what', value: ({ summary }) => summary },
      { title: 'formats', value: ({ formats }) => formats.join(' ') },
      { title: 'asks', value: ({ parameters }) => asked(parameters) },
      { title: '', value: ({ sensitive }) => (sensitive ? 'sensitive' : ''), style: () => 'warn' },
    ],
    'There is no report that you may have.',
  );
}

/** The names of what a report can be asked, from its JSON Schema. */
function asked({ properties }: Record<string, unknown>): string {
  return typeof properties === 'object' && properties !== null ? Object.keys(properties).join(' ') : '';
}

async function start(self: Run, report: string, options: StartOptions): Promise<void> {
  const { purpose, format, set, output, wait } = options;
  const { api } = await self.connect();
  const begun = await api.exports.create({ report, format, purpose, parameters: set });
  if (!wait) return self.out.plain(begun, begun.id);
  const finished = await waited(self, api, begun.id);
  if (output === undefined) return self.out.plain(finished, finished.id);
  await fetched(self, api, finished, output);
}

async function list({ out, connect }: Run, limit: number): Promise<void> {
  const { api } = await connect();
  const rows = await collect((page) => api.exports.list(page), limit);
  out.rows(
    rows,
    [
      { title: 'report', value: ({ report }) => report },
      { title: 'format', value: ({ format }) => format },
      {
        title: 'status',
        value: ({ status, percent }) => (status === 'running' ? `${status} ${percent} %` : status),
        style: ({ status }) => styles[status],
      },
      { title: 'rows', value: ({ rows: written }) => count(written), right: true },
      { title: 'asked for', value: ({ requestedAt }) => moment(requestedAt) },
      { title: 'kept until', value: ({ expiresAt }) => moment(expiresAt) },
      { title: 'purpose', value: ({ purpose }) => purpose },
      { title: 'id', value: ({ id }) => id },
    ],
    'Nothing was exported yet.',
  );
}

async function download(self: Run, id: string, output: string): Promise<void> {
  const { api } = await self.connect();
  await fetched(self, api, await waited(self, api, id), output);
}

async function cancel({ out, connect }: Run, id: string): Promise<void> {
  const { api } = await connect();
  const stopped = await api.exports.cancel({ exportId: id });
  out.plain(stopped, stopped.id);
  out.note('Cancelled; nothing of it is left.');
}

async function waited(self: Run, api: Connection['api'], id: string): Promise<Export> {
  const over = await waitFor(self, {
    read: () => api.exports.get({ exportId: id }),
    look: ({ status, percent, rows }) => ({
      ...{ text: `${count(rows)} rows`, percent },
      isOver: status !== 'queued' && status !== 'running',
    }),
    later: isId('export', id) ? `Fetch it with: plinth export download ${id} --output <file>` : '',
  });
  if (over.status === 'finished') {
    self.out.note(`${over.fileName}: ${count(over.rows)} rows, ${Math.ceil(over.bytes / 1024)} KiB.`);
    return over;
  }
  const why = over.error === null ? '' : `: ${over.error}`;
  throw new Refusal(`The export is ${over.status}${why}.`, {
    advice: 'Start it again with: plinth export start',
  });
}

async function fetched(self: Run, api: Connection['api'], { id }: Export, output: string): Promise<void> {
  const { url } = await api.exports.download({ exportId: id });
  if (url === null) throw new Refusal('The service gave no link to the file.', { advice: 'Try again.' });
  await fetchFile(self, url, output);
}

function parameter(text: string, before: Record<string, string>): Record<string, string> {
  const [, name = '', value = ''] = /^(\w+)=(.*)$/s.exec(text) ?? [];
  if (name === '') throw new InvalidArgumentError('It must be name=value.');
  return { ...before, [name]: value };
}
