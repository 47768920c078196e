/** Deliveries that wait for their target: kept until taken, retried with growing pauses, dead-lettered after a day. */
import type { DatabaseSync } from 'node:sqlite';
import type { Target } from '../../template/signals.ts';

/** Hands an event to a target; a rejection is retried. */
export type Deliver = (target: Target, event: unknown) => Promise<void>;

/** Puts an undeliverable event into a dead-letter queue, with EventBridge's message attributes. */
export type DeadLetter = (
  queueArn: string,
  event: unknown,
  attributes: Record<string, string>,
) => Promise<void>;

export const DELIVERY_SCHEMA = `
  create table if not exists deliveries (
    id integer primary key, rule text not null, target text not null, event text not null,
    first_ms integer not null, next_ms integer not null, attempts integer not null default 0
  ) strict;
  create index if not exists deliveries_next on deliveries (next_ms);
`;

export type Deliveries = {
  add(rule: string, target: Target, event: unknown): void;
  /** Runs additions in one transaction: the events of a request are taken together or not at all. */
  atomically<Result>(work: () => Result): Result;
  wake(): void;
  settled(): Promise<void>;
  stop(): Promise<void>;
};

const MAX_AGE_MS = 24 * 60 * 60 * 1000;
const MAX_RETRIES = 185;
const AT_ONCE = 10;
const FIRST_PAUSE_MS = 1_000;
const LONGEST_PAUSE_MS = 10 * 60 * 1000;

type Row = { id: number; rule: string; target: Target; event: unknown; firstMs: number; attempts: number };

export function createDeliveries(options: {
  store: DatabaseSync;
  deliver: Deliver;
  deadLetter: DeadLetter;
  log: (line: string) => void;
}): Deliveries {
  const { store, log } = options;
  let timer: NodeJS.Timeout | undefined;
  let running: Promise<void> | undefined;
  let stopped = false;
  /** Something was added while the last rows were on their way. */
  let again = false;

  const remove = (id: number) => void store.prepare('delete from deliveries where id = ?').run(id);

  async function attempt(row: Row): Promise<void> {
    try {
      await options.deliver(row.target, row.event);
    } catch (error) {
      return failed(row, error);
    }
    remove(row.id);
  }

  async function failed(row: Row, error: unknown): Promise<void> {
    const retries = row.target.maximumRetryAttempts ?? MAX_RETRIES;
    if (row.attempts < retries && Date.now() - row.firstMs < MAX_AGE_MS) {
      const pauseMs = Math.min(FIRST_PAUSE_MS * 2 ** row.attempts, LONGEST_PAUSE_MS);
      store
        .prepare('update deliveries set attempts = attempts + 1, next_ms = ? where id = ?')
        .run(Date.now() + pauseMs, row.id);
      return log(`Event for ${row.target.arn} is tried again in ${pauseMs / 1000} s: ${String(error)}`);
    }
    const { deadLetterArn } = row.target;
    if (deadLetterArn === undefined) {
      log(`Event for ${row.target.arn} is given up; the target has no dead-letter queue: ${String(error)}`);
      return remove(row.id);
    }
    await options.deadLetter(deadLetterArn, row.event, {
      RULE_ARN: row.rule,
      TARGET_ARN: row.target.arn,
      ERROR_MESSAGE: String(error).slice(0, 1_000),
      EXHAUSTED_RETRY_CONDITION:
        row.attempts >= retries ? 'MaximumRetryAttempts' : 'MaximumEventAgeInSeconds',
      RETRY_ATTEMPTS: String(row.attempts),
    });
    remove(row.id);
  }

  async function run(): Promise<void> {
    for (;;) {
      if (stopped) return;
      const due = dueRows(store, Date.now());
      if (due.length === 0) return sleepUntilNext();
      const results = await Promise.allSettled(due.map(attempt));
      const broken = results.find((result) => result.status === 'rejected');
      if (broken === undefined) continue;
      // The dead-letter queue itself does not answer: everything stays where it is.
      log(`Events wait: ${String(broken.reason)}`);
      return sleep(FIRST_PAUSE_MS);
    }
  }

  function sleepUntilNext(): void {
    const next = store.prepare('select min(next_ms) as next from deliveries').get()?.next;
    if (typeof next === 'number') sleep(next - Date.now());
  }

  function sleep(ms: number): void {
    clearTimeout(timer);
    timer = setTimeout(wake, Math.max(ms, 10));
    timer.unref();
  }

  function wake(): void {
    again = true;
    if (stopped || running !== undefined) return;
    again = false;
    running = run()
      .catch((error: unknown) => log(`Event delivery failed: ${String(error)}`))
      .finally(() => {
        running = undefined;
        if (again) wake();
      });
  }

  return {
    add: (rule, target, event) => {
      const now = Date.now();
      store
        .prepare('insert into deliveries (rule, target, event, first_ms, next_ms) values (?, ?, ?, ?, ?)')
        .run(rule, JSON.stringify(target), JSON.stringify(event ?? null), now, now);
    },
    atomically: (work) => {
      store.exec('begin immediate');
      try {
        const result = work();
        store.exec('commit');
        return result;
      } catch (error) {
        store.exec('rollback');
        throw error;
      }
    },
    wake,
    settled: async () => {
      while (running !== undefined) await running;
    },
    stop: async () => {
      stopped = true;
      clearTimeout(timer);
      while (running !== undefined) await running;
    },
  };
}

function dueRows(store: DatabaseSync, nowMs: number): Row[] {
  return store
    .prepare('select * from deliveries where next_ms <= ? order by id limit ?')
    .all(nowMs, AT_ONCE)
    .map((row) => ({
      id: Number(row.id),
      rule: String(row.rule),
      target: JSON.parse(String(row.target)) as Target,
      event: JSON.parse(String(row.event)) as unknown,
      firstMs: Number(row.first_ms),
      attempts: Number(row.attempts),
    }));
}
