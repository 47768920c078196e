/**
 * One effect, whatever happens to a call that changes something: repeated, changed, made by many at once,
 * or interrupted at the worst moment and made again. Effects are rows, counted in the database itself.
 */
import { endpointsOf, type RegisteredEndpoint } from '#shared/contract/module.ts';
import { registry } from '#shared/registry.ts';
import type { Report } from './figures.ts';
import { endFunction, endSessions, interrupting, losing } from './idempotency/crashes.ts';
import { interruptingLong, losingClaim } from './idempotency/long-calls.ts';
import { type PostgresProxy, startPostgresProxy } from './idempotency/postgres-proxy.ts';
import {
  changedPayload,
  type Check,
  manyAtOnce,
  noKey,
  otherEndpoint,
  otherPerson,
  sameTwice,
} from './idempotency/repeats.ts';
import { changing, kindOf, newTrial, oneEffect } from './idempotency/trial.ts';
import { whileBroken } from './support/broken.ts';
import { type Effects, noteEffects } from './support/effects.ts';
import { type BatterySite, startSite } from './support/site.ts';

export const summary = 'One effect of every call that is repeated, raced or interrupted';

const interruptions = 10;

type Round = {
  name: string;
  check: Check;
  times?: number;
  applies?: (called: RegisteredEndpoint) => boolean;
};

export async function run(report: Report): Promise<void> {
  report.progress('starting a stack');
  const site = await startSite();
  const proxy = await startPostgresProxy(Number(new URL(site.stack.databaseUrl).port));
  try {
    await noteEffects(site.world.admin);
    await connectThrough(site, proxy);
    const endpoints = changing(endpointsOf(Object.values(registry)));
    const effects = new Map<string, Effects>();
    const durations = new Map<string, number>();
    for (const called of endpoints) {
      effects.set(called.operationId, await oneEffect(site, called));
      durations.set(called.operationId, await durationMs(site, called));
    }
    report.figure('endpoints that change something', endpoints.length, 'endpoints', { atLeast: 1 });
    for (const round of rounds(endpoints, proxy, durations)) {
      report.progress(round.name);
      await play(site, round, endpoints, effects, report);
    }
    report.progress('deployments that are broken on purpose');
    await judgeBroken(site, endpoints, effects, report);
  } finally {
    await proxy.stop();
    await site.stop();
  }
}

function rounds(
  endpoints: readonly RegisteredEndpoint[],
  proxy: PostgresProxy,
  durations: ReadonlyMap<string, number>,
): Round[] {
  const takesKey = ({ endpoint }: RegisteredEndpoint) => endpoint.idempotency !== undefined;
  const needsKey = ({ endpoint }: RegisteredEndpoint) => endpoint.idempotency === 'required';
  const callMs = (operationId: string) => durations.get(operationId) ?? 0;
  return [
    { name: 'the same twice', check: sameTwice },
    {
      name: 'changed payload',
      check: changedPayload,
      applies: (called) => takesKey(called) && takesBody(called),
    },
    { name: 'another endpoint', check: otherEndpoint(endpoints), applies: takesKey },
    { name: 'another person', check: otherPerson, applies: takesKey },
    { name: 'no key', check: noKey, applies: needsKey },
    { name: '50 at once', check: manyAtOnce },
    ...(['the COMMIT', 'the answer to COMMIT'] as const).map((loss) => ({
      name: `${loss.replace(/^the /, '')} lost`,
      check: either(losing(proxy, loss), losingClaim(proxy, loss)),
    })),
    ...[['session ended', endSessions] as const, ['function ended', endFunction] as const].map(
      ([name, interrupt]) => ({
        ...{ name, times: interruptions },
        check: either(interrupting(interrupt, callMs), interruptingLong(interrupt, callMs)),
      }),
    ),
  ];
}

/** One check for what is answered from its transaction, another for what outlives one. */
function either(short: Check, long: Check): Check {
  return (site, called, one) => (called.endpoint.streams ? long : short)(site, called, one);
}

function takesBody({ endpoint }: RegisteredEndpoint): boolean {
  return Object.keys(endpoint.body?.shape ?? {}).length > 0;
}

async function play(
  site: BatterySite,
  { name, check, times = 1, applies = () => true }: Round,
  endpoints: readonly RegisteredEndpoint[],
  effects: ReadonlyMap<string, Effects>,
  report: Report,
): Promise<void> {
  const complaints: string[] = [];
  const concerned = endpoints.filter(applies);
  for (const called of concerned) {
    for (let time = 0; time < times; time += 1) {
      const complaint = await check(site, called, effects.get(called.operationId) ?? {});
      if (complaint !== undefined) complaints.push(`${called.operationId}: ${complaint}`);
    }
  }
  report.none(`${name}: not one effect`, complaints.length, concerned.length * times, complaints);
}

/** From now on functions that serve requests reach the database through the proxy. */
function connectThrough(site: BatterySite, proxy: PostgresProxy): Promise<void> {
  const DATABASE_PORT = String(proxy.port);
  return site.change((one) =>
    /-(http|stream)-/.test(one.name) ? { ...one, environment: { ...one.environment, DATABASE_PORT } } : one,
  );
}

/** Deployments whose idempotency is broken: each must fail the check that is there for it. */
async function judgeBroken(
  site: BatterySite,
  endpoints: readonly RegisteredEndpoint[],
  effects: ReadonlyMap<string, Effects>,
  report: Report,
): Promise<void> {
  const keyed = endpoints.filter(({ endpoint }) => endpoint.idempotency !== undefined);
  const unnoticed: string[] = [];
  const tried = keyed.flatMap((called) =>
    breakages
      .filter(({ check }) => check !== changedPayload || takesBody(called))
      .map((breakage) => ({ called, ...breakage })),
  );
  for (const { called, name, from, to, check } of tried) {
    const one = effects.get(called.operationId) ?? {};
    const complaint = await whileBroken(
      site,
      { name, from, to, module: called.module, kind: kindOf(called) },
      () => check(site, called, one),
    );
    if (complaint === undefined) unnoticed.push(`${called.operationId}: ${name}`);
  }
  report.none('broken deployments unnoticed', unnoticed.length, tried.length, unnoticed);
}

const breakages: readonly { name: string; from: RegExp; to: string; check: Check }[] = [
  { name: 'keys are ignored', from: /idempotency:"\w+"/g, to: 'idempotency:void 0', check: sameTwice },
  {
    name: 'answers are not kept',
    from: /(update app\.\w*idempotency_keys set status = [^]*?) where key/g,
    to: '$1 where false and key',
    check: sameTwice,
  },
  {
    name: 'requests are not compared',
    from: /\.request_hash!==[\w$]+\.requestHash/g,
    to: '.request_hash===""',
    check: changedPayload,
  },
];

async function durationMs(site: BatterySite, called: RegisteredEndpoint): Promise<number> {
  const trial = await newTrial(site, called);
  const started = performance.now();
  await trial.send();
  return performance.now() - started;
}
