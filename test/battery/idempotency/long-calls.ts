/**
 * Calls that outlive a transaction, interrupted and repeated. Their answers are not kept, so whoever repeats one learns
 * how it stands; and where nobody can know, the money is accounted for: a call of a model is made at most once for a
 * key, and what the provider charges for it is spent or held.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import { rules } from '#local/template/readers.ts';
import { toPico } from '#shared/ai/pricing/pico.ts';
import { type ProblemType, problems } from '#shared/contract/errors.ts';
import { uuidOf } from '#shared/contract/ids.ts';
import { longestStreamSeconds } from '#shared/contract/stream.ts';
import { registry } from '#shared/registry.ts';
import type { Effects } from '../support/effects.ts';
import type { HttpAnswer } from '../support/http.ts';
import { requestOf } from '../support/request.ts';
import type { BatterySite } from '../support/site.ts';
import type { Interruption } from './crashes.ts';
import type { Loss, PostgresProxy } from './postgres-proxy.ts';
import type { Check } from './repeats.ts';
import { codeOf, isSuccess, newTrial, type Trial } from './trial.ts';

const attempts = 20;
const pauseMs = 250;

/** The connection breaks when the key is claimed: before the model was asked. */
export function losingClaim(proxy: PostgresProxy, loss: Loss): Check {
  return async (site, called, one) => {
    const trial = await newTrial(site, called);
    const before = charges(site).length;
    const lost = proxy.lose(loss);
    const answer = await trial.send();
    if (!lost.struck()) return `the battery could not lose ${loss}: the call sent none`;
    if (!is(answer, problems.unavailable))
      return `expected ${problems.unavailable.code}, got ${codeOf(answer)}`;
    if (charges(site).length !== before) return 'a model was asked though the key was not claimed';
    return settle(site, trial, one, before);
  };
}

/** Something ends at a random moment of the call. */
export function interruptingLong(interrupt: Interruption, callMs: (operationId: string) => number): Check {
  return async (site, called, one) => {
    const trial = await newTrial(site, called);
    const before = charges(site).length;
    // An answer in pieces may break off.
    const call = trial.send().catch(() => undefined);
    await sleep(Math.random() * callMs(called.operationId));
    await interrupt(site, called);
    await call;
    return settle(site, trial, one, before);
  };
}

/** Repeats the call until it is known how it stands, or that nobody knows; then looks at what it cost. */
async function settle(
  site: BatterySite,
  trial: Trial,
  one: Effects,
  before: number,
): Promise<string | undefined> {
  let answer: HttpAnswer | undefined;
  for (let attempt = 0; attempt < attempts; attempt += 1) {
    answer = await trial.send().catch(() => undefined);
    if (answer !== undefined && answer.status < 500 && !is(answer, problems.inFlight)) break;
    await sleep(pauseMs);
  }
  if (answer !== undefined && is(answer, problems.inFlight)) {
    await age(site, trial);
    answer = await trial.send();
    if (!is(answer, problems.outcomeUnknown)) return `a call that must have ended is ${codeOf(answer)}`;
    return accountComplaint(site, trial, one, before, false);
  }
  const isMade = answer !== undefined && (isSuccess(trial, answer) || is(answer, problems.answerNotKept));
  if (!isMade) return `repeating it ended with ${answer === undefined ? 'nothing' : codeOf(answer)}`;
  return accountComplaint(site, trial, one, before, true);
}

/** As if the longest that a call may take were over. */
async function age({ world }: BatterySite, { scene, key }: Trial): Promise<void> {
  await world.admin.query(
    `update app.idempotency_keys set created_at = created_at - make_interval(secs => $3)
     where tenant_id = $1 and key = $2`,
    [uuidOf(scene.tenant), key, longestStreamSeconds + 1],
  );
}

/** Never two calls of a model, never more effects than one call has, never less accounted for than was charged. */
async function accountComplaint(
  site: BatterySite,
  trial: Trial,
  one: Effects,
  before: number,
  isMade: boolean,
): Promise<string | undefined> {
  const lines = charges(site).slice(before);
  if (lines.length > 1) return `the model was called ${lines.length} times`;
  if (isMade && lines.length === 0) return 'the call was made, and no model was called';
  const effects = withoutReturned(await trial.effects());
  // Making a key older was our own doing.
  const { 'idempotency_keys update': _aged, ...rest } = effects;
  const tooMany = Object.entries(rest).filter(([change, count]) => count > (one[change] ?? 0));
  if (tooMany.length > 0) return `more than one call changes: ${JSON.stringify(effects)}`;
  const charged = lines.reduce((sum, { picoDollars }) => sum + picoDollars, 0n);
  const counted = await countedPico(site, trial);
  if (counted < charged) return `${charged} pico-dollars were charged, ${counted} are spent or held`;
  if (!isMade || isDeepStrictEqual(effects, one)) return undefined;
  // What the ledger could not take at once, the sweep writes.
  await sweep(site);
  const rows = await rowsOf(site, trial);
  return rows === 1
    ? undefined
    : `the call was made, and the ledger has ${rows} rows: ${JSON.stringify(effects)}`;
}

/** A claim that was given back, because the call had come to nothing, and taken again is one claim. */
function withoutReturned(effects: Effects): Effects {
  const { 'idempotency_keys delete': returned = 0, ...rest } = effects;
  const claimed = rest['idempotency_keys insert'] ?? 0;
  return returned === 0 ? rest : { ...rest, 'idempotency_keys insert': claimed - returned };
}

function charges({ stack }: BatterySite) {
  if (stack.models === undefined) throw new Error('Nothing stands in for models.');
  return stack.models.invoice();
}

/** What the tenant's budget of the month has spent and holds. */
async function countedPico({ http }: BatterySite, { token, scene }: Trial): Promise<bigint> {
  const { endpoint } = { endpoint: registry.ai.contract.budgets };
  const { body } = await http.send(requestOf({ endpoint, token, tenantId: scene.tenant }));
  const { items } = body as { items: { scope: string; spent: string; reserved: string }[] };
  const [own] = items.filter(({ scope }) => scope === 'tenant');
  return own === undefined ? 0n : toPico(own.spent) + toPico(own.reserved);
}

async function sweep({ stack }: BatterySite): Promise<void> {
  const found = rules(stack.cell)
    .flatMap(({ targets }) => targets.map(({ arn }) => arn))
    .find((arn) => arn.includes('-schedule-ai-budgets'));
  if (found === undefined) throw new Error('Nothing sweeps the budgets.');
  await stack.functions.invoke(found, {});
}

async function rowsOf({ world }: BatterySite, { scene }: Trial): Promise<number> {
  const { rows } = await world.admin.query<{ count: number }>(
    'select count(*)::int as count from app.ai_calls where tenant_id = $1',
    [uuidOf(scene.tenant)],
  );
  return rows[0]?.count ?? 0;
}

function is(answer: HttpAnswer, { status, code }: ProblemType): boolean {
  return codeOf(answer) === `${status} ${code}`;
}
