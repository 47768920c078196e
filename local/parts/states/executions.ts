/**
 * The record of executions, which outlives the process: what was running when it ended is running again after the
 * next start.
 */
import type { DatabaseSync } from 'node:sqlite';
import type { Outcome } from './run.ts';

/** One execution as it is remembered; times in epoch milliseconds. */
export type Execution = {
  arn: string;
  machineArn: string;
  name: string;
  status: 'RUNNING' | 'SUCCEEDED' | 'FAILED' | 'TIMED_OUT' | 'ABORTED';
  input: string;
  output: string | null;
  error: string | null;
  cause: string | null;
  startMs: number;
  stopMs: number | null;
};

export const schema = `
  create table if not exists executions (
    arn text primary key, machineArn text not null, name text not null, status text not null,
    input text not null, output text, error text, cause text, startMs integer not null, stopMs integer
  ) strict;
  create index if not exists executions_by_machine on executions (machineArn, startMs desc, arn);
  create index if not exists executions_running on executions (status) where status = 'RUNNING';`;

/** Access to the record. */
export type Executions = {
  find(arn: string): Execution | undefined;
  add(execution: Pick<Execution, 'arn' | 'machineArn' | 'name' | 'input' | 'startMs'>): void;
  /** Records the end of a running execution; false when it was over already. */
  finish(
    arn: string,
    outcome: Outcome | { status: 'ABORTED'; error: string | null; cause: string | null },
  ): boolean;
  running(): Execution[];
  /** Newest first. */
  list(machineArn: string, status: string | undefined, limit: number, offset: number): Execution[];
};

export function executionsIn(store: DatabaseSync): Executions {
  const rows = (sql: string, ...values: (string | number)[]) =>
    store.prepare(sql).all(...values) as unknown as Execution[];
  return {
    find: (arn) => rows('select * from executions where arn = ?', arn)[0],
    add: ({ arn, machineArn, name, input, startMs }) => {
      store
        .prepare(
          `insert into executions (arn, machineArn, name, status, input, startMs) values (?, ?, ?, 'RUNNING', ?, ?)`,
        )
        .run(arn, machineArn, name, input, startMs);
    },
    finish: (arn, outcome) => {
      const output = 'output' in outcome ? outcome.output : null;
      const [error, cause] = 'error' in outcome ? [outcome.error, outcome.cause] : [null, null];
      const changed = store
        .prepare(
          `update executions set status = ?, output = ?, error = ?, cause = ?, stopMs = ?
           where arn = ? and status = 'RUNNING'`,
        )
        .run(outcome.status, output, error, cause, Date.now(), arn);
      return changed.changes === 1;
    },
    running: () => rows(`select * from executions where status = 'RUNNING' order by startMs`),
    list: (machineArn, status, limit, offset) =>
      rows(
        `select * from executions where machineArn = ? and status like ?
         order by startMs desc, arn limit ? offset ?`,
        machineArn,
        status ?? '%',
        limit,
        offset,
      ),
  };
}
