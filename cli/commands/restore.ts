/** Bringing the tenant back as it was: one person asks, another approves, and whoever types its name applies it. */
import { momentFrom, rowCount } from '../arguments.ts';
import { ask, isAsked } from '../ask.ts';
import type { Group, Run } from '../command.ts';
import type { Connection } from '../connection.ts';
import { Refusal, usage } from '../exit.ts';
import { collect } from '../pages.ts';
import { count, moment, printable } from '../text.ts';
import { waitFor } from '../waiting.ts';

export const addRestore: Group = (program, run) => {
  const restore = program.command('restore').description('Bring the tenant back as it was; takes two people');
  restore
    .command('list')
    .description('Restores, newest first')
    .option('--limit <rows>', 'the most to show', rowCount, 20)
    .action(run((self, { limit }: { limit: number }) => list(self, limit)));
  restore
    .command('request')
    .description('Ask for the tenant to return to a backup, or to how it was at a moment')
    .option('--backup <id>', 'a backup of plinth backups list')
    .option('--at <when>', 'a time with its zone, or such as 2h ago: 2h', momentFrom(new Date(), -1))
    .requiredOption('--reason <why>', 'stands in the audit trail')
    .action(run((self, options: RequestOptions) => request(self, options)));
  restore
    .command('approve <restore>')
    .description('Agree to a restore that somebody else asked for; it is prepared, and changes nothing yet')
    .action(run((self, id: string) => approve(self, id)));
  restore
    .command('reject <restore>')
    .description('Refuse a restore that was asked for')
    .action(run((self, id: string) => decide(self, id, 'reject')));
  restore
    .command('cancel <restore>')
    .description('Let go of a restore that was not applied yet')
    .action(run((self, id: string) => decide(self, id, 'cancel')));
  restore
    .command('diff <restore>')
    .description('What applying it would change, table by table')
    .action(run((self, id: string) => difference(self, id)));
  restore
    .command('apply <restore>')
    .description('Apply a restore that is ready, after a backup of the tenant as it is now')
    .option('--confirm <slug>', 'the tenant’s short name; asked for at a terminal')
    .option('--readmit <ids...>', 'members who get back what was taken from them since')
    .action(run((self, id: string, options: ApplyOptions) => apply(self, id, options)));
};

type RequestOptions = { backup?: string; at?: Date; reason: string };
type ApplyOptions = { confirm?: string; readmit?: string[] };
type Restore = Awaited<ReturnType<Connection['api']['restore']['get']>>;

async function list({ out, connect }: Run, limit: number): Promise<void> {
  const { api } = await connect();
  const rows = await collect((page) => api.restore.list(page), limit);
  out.rows(
    rows,
    [
      { title: 'asked for', value: ({ createdAt }) => moment(createdAt) },
      { title: 'back to', value: ({ snapshotAt, at }) => moment(snapshotAt ?? at) },
      {
        title: 'status',
        value: ({ status }) => status,
        style: ({ status }) => (status === 'applied' ? 'good' : status === 'failed' ? 'bad' : undefined),
      },
      { title: 'reason', value: ({ reason }) => reason },
      { title: 'id', value: ({ id }) => id },
    ],
    'Nobody has asked for a restore.',
  );
}

async function request({ out, connect }: Run, { backup, at, reason }: RequestOptions): Promise<void> {
  if ((backup === undefined) === (at === undefined))
    throw usage('Name a backup with --backup, or a moment with --at.');
  const { api } = await connect();
  const asked = await api.restore.request({
    reason,
    ...(backup === undefined ? {} : { backupId: backup }),
    ...(at === undefined ? {} : { at: at.toISOString() }),
  });
  out.plain(asked, asked.id);
  out.note(`Somebody else approves it with: plinth restore approve ${asked.id}`);
}

async function approve(self: Run, id: string): Promise<void> {
  const { api } = await self.connect();
  await api.restore.approve({ restoreId: id });
  const ready = await waited(self, api, id, ['ready']);
  self.out.plain(ready, ready.id);
  self.out.note(`Ready. See what it changes with: plinth restore diff ${id}`);
}

async function decide({ out, connect }: Run, id: string, verb: 'reject' | 'cancel'): Promise<void> {
  const { api } = await connect();
  const decided = await api.restore[verb]({ restoreId: id });
  out.plain(decided, decided.id);
  out.note(`The restore is ${decided.status}.`);
}

async function difference({ out, connect }: Run, id: string): Promise<void> {
  const { api } = await connect();
  const found = await api.restore.get({ restoreId: id });
  if (out.isJson) return out.facts(found, []);
  show(out, found);
}

async function apply(self: Run, id: string, { confirm, readmit = [] }: ApplyOptions): Promise<void> {
  const { world, out, connect } = self;
  const { api } = await connect();
  const found = await api.restore.get({ restoreId: id });
  if (confirm === undefined && !isAsked(world)) {
    throw usage('This needs the tenant’s short name.', 'Give it with --confirm.');
  }
  if (confirm === undefined) show(out, found);
  const typed = confirm ?? (await ask(world, 'Type the tenant’s short name to apply this: '));
  await api.restore.apply({ restoreId: id, confirm: typed, readmit });
  const applied = await waited(self, api, id, ['applied']);
  out.plain(applied, applied.id);
  out.note(
    `The tenant is as it was on ${moment(applied.snapshotAt)}. plinth restore list keeps the way back.`,
  );
}

function show(
  out: Run['out'],
  { difference: tables, returning, findings, snapshotAt, status }: Restore,
): void {
  out.rows(
    tables.filter(({ added, changed, removed }) => added + changed + removed > 0),
    [
      { title: 'table', value: ({ table }) => table },
      { title: 'added', value: ({ added }) => count(added), right: true },
      { title: 'changed', value: ({ changed }) => count(changed), right: true },
      { title: 'removed', value: ({ removed }) => count(removed), right: true, style: () => 'warn' },
    ],
    status === 'ready' ? 'It changes nothing.' : `The restore is ${status}; there is nothing to compare.`,
  );
  for (const { check, table, detail } of findings) out.note(printable(`${check} ${table ?? ''}: ${detail}`));
  for (const { userId, role } of returning) {
    out.note(`${userId} was ${role} then; they get it back only with --readmit ${userId}.`);
  }
  if (snapshotAt !== null) out.note(`Back to ${moment(snapshotAt)}.`);
}

async function waited(
  self: Run,
  api: Connection['api'],
  id: string,
  wanted: readonly Restore['status'][],
): Promise<Restore> {
  const over = await waitFor(self, {
    read: () => api.restore.get({ restoreId: id }),
    look: ({ status }) => ({
      text: `The restore is ${status}`,
      isOver: wanted.includes(status) || !['requested', 'preparing', 'ready', 'applying'].includes(status),
    }),
    later: 'plinth restore list shows how it is.',
  });
  if (wanted.includes(over.status)) return over;
  const findings = over.findings.map(({ check, detail }) => `${check}: ${detail}`).join('; ');
  throw new Refusal(
    `The restore is ${over.status}: ${findings === '' ? (over.error ?? 'unknown') : findings}.`,
  );
}
