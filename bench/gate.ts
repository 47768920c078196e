/**
 * What the gate costs a request: counting caller and tenant and asking for the platform's version, against two bare
 * updates at the same time, which nobody could do without. Both use one client of the SDK, on a server in another
 * process that answers at once and does nothing; what the local DynamoDB adds is reported apart.
 */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startDynamoDb } from '#local/parts/dynamodb/dynamodb.ts';
import type { Report } from '#test/battery/figures.ts';
import { environment, gateTable } from '#test/support/chain.ts';
import type { Measured } from './support/gate-turns.ts';

export const summary = 'The gate of a request against two bare updates on the same client';

const goal = { atMost: 1.2 };

export async function run(report: Report): Promise<void> {
  report.progress('on a server that answers at once');
  const { gate, commands, wire } = await onNullServer();
  report.figure('gate: p50', gate.p50, 'µs');
  report.figure('gate: processor time', gate.cpu, 'µs');
  report.figure('two bare updates: p50', commands.p50, 'µs');
  report.figure('two bare updates: processor time', commands.cpu, 'µs');
  report.figure('two bare updates by the short way: processor time', wire.cpu, 'µs');
  report.figure('gate / two bare updates: p50', gate.ratio, '×', goal);
  report.figure('gate / two bare updates: processor time', gate.cpu / commands.cpu, '×', goal);
  report.figure('gate / two bare updates by the short way: processor time', gate.cpu / wire.cpu, '×');
  report.progress('on the local DynamoDB');
  const local = await onLocalDynamoDb();
  report.figure('local DynamoDB: gate, p50', local.gate.p50, 'µs');
  report.figure('local DynamoDB: its own part of it', local.gate.p50 - gate.p50, 'µs');
  report.note(
    'A bare update is an UpdateItemCommand that adds one to a number and returns the item. "By the short way" is ' +
      'the same update as the gate sends its own (docs/decisions/gate-wire.md).',
  );
}

async function onNullServer(): Promise<Measured> {
  const server = fork(join(import.meta.dirname, 'support/null-dynamodb.ts'), { execArgv: [] });
  try {
    const [port] = (await once(server, 'message')) as [number];
    return await measured(port);
  } finally {
    server.kill();
  }
}

async function onLocalDynamoDb(): Promise<Measured> {
  const state = mkdtempSync(join(tmpdir(), 'plinth-bench-gate-'));
  const place = { state, region: 'us-east-1', accountId: '000000000000', log: () => undefined };
  const dynamodb = await startDynamoDb(place);
  try {
    await dynamodb.ensureTables([gateTable]);
    return await measured(dynamodb.port);
  } finally {
    await dynamodb.stop();
    rmSync(state, { recursive: true, force: true });
  }
}

async function measured(port: number): Promise<Measured> {
  const turns = fork(join(import.meta.dirname, 'support/gate-turns.ts'), {
    execArgv: [],
    env: { ...process.env, ...environment, AWS_ENDPOINT_URL_DYNAMODB: `http://127.0.0.1:${port}` },
  });
  const told = once(turns, 'message') as Promise<[Measured]>;
  const ended = once(turns, 'exit').then(([code]) => {
    throw new Error(`the measuring process ended with ${code}`);
  });
  const [figures] = await Promise.race([told, ended]);
  ended.catch(() => undefined);
  return figures;
}
