/**
 * The gate and what it is held against take turns on the DynamoDB that the environment names, in a process of its
 * own: its processor time is theirs alone. Tells what it measured.
 */
import { randomUUID } from 'node:crypto';
import { UpdateItemCommand, type UpdateItemCommandInput } from '@aws-sdk/client-dynamodb';
import { formatId } from '#shared/contract/ids.ts';
import { admitBoth } from '#shared/limits/gate.ts';
import { gateClient } from '#shared/limits/gate-client.ts';
import { type GateKey, gateKeys } from '#shared/limits/keys.ts';
import { personParty, tenantParty } from '#shared/limits/parties.ts';
import { updateItem } from '#shared/limits/table.ts';
import { publishedVersion } from '#shared/limits/versions.ts';
import type { TenantFacts } from '#shared/tenancy/entry.ts';
import { takeTurns } from './samples.ts';

const contenders = { gate: passGate, commands: twoCommands, wire: twoOnTheWire };

export type Contender = keyof typeof contenders;

/** Times in microseconds for one call; `ratio` is to the commands. */
export type Measured = Record<Contender, { p50: number; cpu: number; ratio: number }>;

const names = Object.keys(contenders) as Contender[];
const plan = { warmUp: 400, rounds: 60, perRound: 40 };
const endless = 1_000_000_000;

/** A tenant whose limits nobody reaches here. */
const tenant: TenantFacts = {
  ...{ id: formatId('tenant', randomUUID()), slug: 'bench', plan: 'basic', region: 'us', status: 'active' },
  version: 1_700_000_000_000_000,
  settings: {
    ...{ timeZone: 'Europe/Berlin', environment: {}, flags: {}, switchedOff: [] },
    overrides: {
      rates: { userPerMinute: endless, tenantPerMinute: endless },
      usage: { api_calls: { hour: endless, month: endless } },
      ...{ capabilities: {}, flags: {} },
    },
  },
  routing: { exceptions: [], tenant: [], preferred: { own: null, tenant: null } },
};
const user = formatId('user', randomUUID());
const sessionId = formatId('session', randomUUID());

/** What the chain does for a person's request in a tenant that it remembers. */
async function passGate(): Promise<void> {
  const now = new Date();
  const seconds = Math.floor(now.getTime() / 1000);
  const session = {
    ...{ id: sessionId, startedAt: seconds - 60 },
    ...{ idleEnd: seconds + 1_800, absoluteEnd: seconds + 40_000 },
  };
  const moment = { now, deadlineMs: now.getTime() + 2_000 };
  const caller = personParty({ id: user, session, tenant }, 'standard', now);
  const [passage] = await Promise.all([
    admitBoth(caller, tenantParty(tenant, 'api_calls', now), moment),
    publishedVersion(gateKeys.platform(), moment.deadlineMs),
  ]);
  if ('moved' in passage) throw new Error('the bench’s own tenant moved');
}

/** Nothing but one number more in each of two items, as the SDK is meant to be used. */
async function twoCommands(): Promise<void> {
  const client = await gateClient();
  const bare = (key: GateKey) => client.send(new UpdateItemCommand(oneMore(key)));
  await Promise.all([bare(gateKeys.tenant(tenant.id)), bare(gateKeys.user(user))]);
}

/** The same by the gate's own short way. */
async function twoOnTheWire(): Promise<void> {
  const options = { abortSignal: AbortSignal.timeout(2_000) };
  const bare = (key: GateKey) => updateItem(oneMore(key), options);
  await Promise.all([bare(gateKeys.tenant(tenant.id)), bare(gateKeys.user(user))]);
}

function oneMore(key: GateKey): UpdateItemCommandInput {
  return {
    TableName: 'gate',
    Key: { pk: { S: key } },
    UpdateExpression: 'ADD #n :one',
    ExpressionAttributeNames: { '#n': 'n' },
    ExpressionAttributeValues: { ':one': { N: '1' } },
    ReturnValues: 'ALL_NEW',
  };
}

const cpu: Record<Contender, number[]> = { gate: [], commands: [], wire: [] };
let before = process.cpuUsage();
let isWarm = false;
const samples = await takeTurns(contenders, {
  ...plan,
  before: async () => void (before = process.cpuUsage()),
  after: async (name) => {
    const { user: own, system } = process.cpuUsage(before);
    if (isWarm) cpu[name].push((own + system) / plan.perRound);
    isWarm ||= name === names.at(-1);
  },
});
const mean = (numbers: readonly number[]) => numbers.reduce((sum, each) => sum + each, 0) / numbers.length;
const measured = Object.fromEntries(
  names.map((name) => [
    name,
    { p50: samples.p50(name), cpu: mean(cpu[name]), ratio: samples.ratio(name, 'commands') },
  ]),
) satisfies Partial<Measured>;
process.send?.(measured, undefined, undefined, () => process.disconnect());
