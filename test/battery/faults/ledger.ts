/**
 * What became of every write: the invitation, its audit row, its job in the outbox and the mail that comes of it.
 * They stand together or not at all, and what was promised to a caller is there.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import type { WholeStack } from '#test/support/whole-stack.ts';
import { inviteCall, make, type Write } from './calls.ts';

/** How often each trace of a write was found. */
type Traces = { invitations: number; audits: number; jobs: number; mails: number };

export type Delivered = { missing: string[]; doubled: string[]; afterMs: number };

export type Ledger = {
  /** Writes that were promised and are not there, now. */
  lost(writes: readonly Write[]): Promise<string[]>;
  /** Writes of which only a part is there, now. */
  halfDone(writes: readonly Write[]): Promise<string[]>;
  /** Repeats with its key every write that was not answered with success; what is not answered so now. */
  repeat(writes: readonly Write[]): Promise<string[]>;
  /** Waits until every write has been mailed; those that were not, and those that exist more than once. */
  delivered(writes: readonly Write[], timeoutMs: number): Promise<Delivered>;
  /** How many mails were sent more than once: allowed, because jobs are delivered at least once. */
  mailedTwice(writes: readonly Write[]): Promise<number>;
};

/** The ledger of a stack. */
export function ledgerOf({ url, adminUrl }: WholeStack): Ledger {
  const promised = ({ statuses }: Write) => statuses.some((status) => status >= 200 && status < 300);
  const tracesOf = (writes: readonly Write[]) => readTraces(url, adminUrl, writes);
  return {
    lost: async (writes) => {
      const found = await tracesOf(writes);
      return writes
        .filter((write) => promised(write) && found.get(write)?.invitations !== 1)
        .map((write) => describe(write, found));
    },
    halfDone: async (writes) => {
      const found = await tracesOf(writes);
      return writes
        .filter((write) => !isWhole(found.get(write) ?? nothing))
        .map((write) => describe(write, found));
    },
    repeat: async (writes) => {
      const failed: string[] = [];
      for (const write of writes.filter((one) => !promised(one))) {
        const { status, code } = await make(url, inviteCall(write));
        write.statuses.push(status);
        if (status !== 201) failed.push(`${write.email} answered ${status} ${code ?? ''}`);
      }
      return failed;
    },
    delivered: async (writes, timeoutMs) => {
      const startedMs = Date.now();
      for (;;) {
        const found = await tracesOf(writes);
        const of = (write: Write) => found.get(write) ?? nothing;
        const missing = writes.filter((write) => of(write).mails === 0 || of(write).jobs > 0);
        if (missing.length > 0 && Date.now() - startedMs < timeoutMs) {
          await sleep(500);
          continue;
        }
        const doubled = writes.filter((write) => of(write).invitations > 1 || of(write).audits > 1);
        const described = (some: Write[]) => some.map((write) => describe(write, found));
        return { missing: described(missing), doubled: described(doubled), afterMs: Date.now() - startedMs };
      }
    },
    mailedTwice: async (writes) => {
      const found = await tracesOf(writes);
      return [...found.values()].filter(({ mails }) => mails > 1).length;
    },
  };
}

const nothing: Traces = { invitations: 0, audits: 0, jobs: 0, mails: 0 };

/** All of it or none; a job that has left the outbox has become a mail or is on its way to one. */
function isWhole({ invitations, audits, jobs, mails }: Traces): boolean {
  if (invitations !== audits) return false;
  return invitations === 0 ? jobs + mails === 0 : jobs <= invitations;
}

function describe(write: Write, found: ReadonlyMap<Write, Traces>): string {
  return `${write.email} answered ${write.statuses.join(', ')}: ${JSON.stringify(found.get(write))}`;
}

async function readTraces(
  url: string,
  adminUrl: string,
  writes: readonly Write[],
): Promise<Map<Write, Traces>> {
  const admin = new pg.Client({ connectionString: adminUrl });
  await admin.connect();
  try {
    const { rows } = await admin.query<Omit<Traces, 'mails'> & { email: string }>(
      `select email, count(distinct i.id)::int as invitations, count(distinct a.id)::int as audits,
              count(distinct o.id)::int as jobs
       from unnest($1::text[]) as email
       left join app.invitations i using (email)
       left join app.audit_events a on a.action = 'member.invited' and a.target_id = 'inv_' || i.id
       left join app.outbox o on o.payload ->> 'invitationId' = 'inv_' || i.id
       group by email`,
      [writes.map(({ email }) => email)],
    );
    const traces = new Map(rows.map(({ email, ...found }) => [email, found]));
    const mails = await mailsByAddress(url);
    return new Map(
      writes.map((write) => [
        write,
        { ...nothing, ...traces.get(write.email), mails: mails.get(write.email) ?? 0 },
      ]),
    );
  } finally {
    await admin.end();
  }
}

async function mailsByAddress(url: string): Promise<Map<string, number>> {
  const { messages } = (await (await fetch(`${url}/mail/messages`)).json()) as {
    messages: { to: string[] | string }[];
  };
  const counts = new Map<string, number>();
  for (const { to } of messages) {
    for (const address of [to].flat()) counts.set(address, (counts.get(address) ?? 0) + 1);
  }
  return counts;
}
