/** The audit trail, and following it as it grows. */
import { setTimeout as sleep } from 'node:timers/promises';
import { InvalidArgumentError } from 'commander';
import { isId, type Id } from '#shared/contract/ids.ts';
import type { AuditEvent } from '#shared/audit/audit.contract.ts';
import { momentFrom, positive, rowCount } from '../arguments.ts';
import type { Group, Run } from '../command.ts';
import type { Connection } from '../connection.ts';
import { exitCodes, Refusal } from '../exit.ts';
import { follower } from '../follow.ts';
import { collect } from '../pages.ts';
import { moment, printable } from '../text.ts';

export const addAudit: Group = (program, run) => {
  const audit = program.command('audit').description('The tenant’s audit trail');
  audit
    .command('tail')
    .description('The latest events, oldest first; with --json one line of JSON for each')
    .option('-n, --lines <rows>', 'how many to begin with', rowCount, 20)
    .option('-f, --follow', 'go on as more happens; each event comes once')
    .option('--every <seconds>', 'how often to look at least, with --follow', seconds, 15)
    .option('--action <action>', 'only this action, such as member.removed')
    .option('--actor <id>', 'only what this person or key did', actorId)
    .option('--since <when>', 'not before: a time, or such as 2h', momentFrom(new Date(), -1))
    .action(run((self, options: TailOptions) => tail(self, options)));
};

type TailOptions = {
  lines: number;
  follow?: true;
  every: number;
  action?: string;
  actor?: Id<'user'> | Id<'apiKey'>;
  since?: Date;
};

type Filter = Parameters<Connection['api']['audit']['list']>[0];

async function tail(self: Run, { lines, follow, every, action, actor, since }: TailOptions): Promise<void> {
  const { api } = await self.connect();
  const filter: Filter = {
    ...(action === undefined ? {} : { action }),
    ...(actor === undefined ? {} : { actorId: actor }),
    ...(since === undefined ? {} : { from: since.toISOString() }),
  };
  const latest = await collect((page) => api.audit.list({ ...filter, ...page }), lines);
  for (const event of latest.reverse()) show(self, event);
  if (follow !== true) {
    if (latest.length === 0) self.out.note('Nothing has been done yet that the trail keeps.');
    return;
  }
  await followOn(self, { api, filter, latest, longestMs: every * 1_000 });
}

const shortestMs = 2_000;

/** Looks again and again: soon while things happen, rarely while nothing does, since looking counts as calls. */
async function followOn(
  self: Run,
  {
    api,
    filter,
    latest,
    longestMs,
  }: Pick<Connection, 'api'> & {
    filter: Filter;
    latest: AuditEvent[];
    longestMs: number;
  },
): Promise<void> {
  const { world, out } = self;
  const read = (from: string) =>
    collect((page) => api.audit.list({ ...filter, ...page, from }), Number.POSITIVE_INFINITY);
  const next = follower(read, latest, new Date());
  out.note('Following; Ctrl-C stops.');
  let pauseMs = Math.min(shortestMs, longestMs);
  for (;;) {
    await sleep(pauseMs, undefined, { signal: world.signal });
    try {
      const events = await next();
      for (const event of events) show(self, event);
      pauseMs = Math.min(longestMs, events.length > 0 ? shortestMs : pauseMs * 1.5);
    } catch (error) {
      // A limit passes, and nothing is lost meanwhile.
      if (!(error instanceof Refusal) || error.exitCode !== exitCodes.limited) throw error;
      out.note(`${error.message} Looking again in a minute.`);
      pauseMs = 60_000;
    }
  }
}

function show({ out }: Run, event: AuditEvent): void {
  const { occurredAt, action, actor, target, reason } = event;
  const who = actor.id ?? actor.type;
  const behalf = actor.onBehalfOf === null ? '' : ` for ${actor.onBehalfOf}`;
  const what = target === null ? '' : `  ${target.type} ${target.id}`;
  const why = reason === null ? '' : `  “${reason}”`;
  const text = [
    out.style(moment(occurredAt), 'faint'),
    printable(action).padEnd(28),
    printable(`${who}${behalf}${what}${why}`),
  ];
  out.line(event, text.join('  '));
}

function seconds(text: string): number {
  return positive(text, 3_600);
}

function actorId(text: string): Id<'user'> | Id<'apiKey'> {
  if (isId('user', text) || isId('apiKey', text)) return text;
  throw new InvalidArgumentError('It must be the id of a person (usr_…) or of a key (key_…).');
}
