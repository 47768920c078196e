/** Jobs that failed too often, for the platform’s staff: looked at, sent again, given up. */
import { Argument, InvalidArgumentError } from 'commander';
import { type Id, isId } from '#shared/contract/ids.ts';
import { rowCount } from '../arguments.ts';
import { confirm } from '../ask.ts';
import type { Group, Run } from '../command.ts';
import { collect } from '../pages.ts';
import { moment } from '../text.ts';

const states = ['waiting', 'replayed', 'discarded'] as const;

export const addDeadLetters: Group = (program, run) => {
  const group = program
    .command('dead-letters')
    .description('Jobs that failed too often; for the platform’s staff');
  group
    .command('list')
    .description('The latest first; not what they say')
    .addArgument(new Argument('[state]', 'which').choices(states).default('waiting'))
    .option('--limit <rows>', 'the most to show', rowCount, 40)
    .action(
      run((self, status: (typeof states)[number], { limit }: { limit: number }) => list(self, status, limit)),
    );
  for (const how of ['replay', 'discard'] as const) {
    group
      .command(`${how} <queue> [letters...]`)
      .description(
        how === 'replay'
          ? 'Send these, or the oldest hundred of the queue, to their worker again'
          : 'Give these, or the oldest hundred of the queue, up: what they ask for is never done',
      )
      .requiredOption('--reason <why>', 'stands in the audit trail')
      .option('--yes', 'do not ask')
      .action(
        run((self, queue: string, letters: string[], options: Options) =>
          decide(self, how, queue, { ...options, ids: letters.map(letterId) }),
        ),
      );
  }
};

type Options = { reason: string; yes?: true };

async function list({ out, connect }: Run, status: (typeof states)[number], limit: number): Promise<void> {
  const { api } = await connect();
  const rows = await collect((page) => api.investigation.deadLetters({ status, ...page }), limit);
  out.rows(
    rows,
    [
      { title: 'put aside', value: ({ putAsideAt }) => moment(putAsideAt) },
      { title: 'queue', value: ({ queue }) => queue },
      { title: 'job', value: ({ type }) => type ?? 'not readable' },
      { title: 'times', value: ({ timesPutAside }) => String(timesPutAside), right: true },
      { title: 'tenant', value: ({ tenantId }) => tenantId ?? '–' },
      { title: 'request', value: ({ requestId }) => requestId ?? '–' },
      { title: 'id', value: ({ id }) => id },
    ],
    status === 'waiting' ? 'Nothing waits.' : 'There is none.',
  );
}

async function decide(
  { world, out, connect }: Run,
  how: 'replay' | 'discard',
  queue: string,
  { ids, reason, yes }: Options & { ids: Id<'deadLetter'>[] },
): Promise<void> {
  const { api } = await connect();
  const input = { queue, reason, ...(ids.length === 0 ? {} : { ids }) };
  if (how === 'replay') {
    const { replayed, left } = await api.investigation.replayDeadLetters(input);
    out.note(`${replayed} on their way again within a minute; ${left} of ${queue} wait.`);
    return;
  }
  const which = ids.length === 0 ? 'the oldest hundred' : String(ids.length);
  await confirm(world, `Give up ${which} of ${queue}? What they ask for is never done.`, {
    isGiven: yes === true,
  });
  const { discarded, left } = await api.investigation.discardDeadLetters(input);
  out.note(`${discarded} given up; ${left} of ${queue} wait.`);
}

function letterId(text: string): Id<'deadLetter'> {
  if (isId('deadLetter', text)) return text;
  throw new InvalidArgumentError('It must be the id of a dead letter (dlt_…).');
}
