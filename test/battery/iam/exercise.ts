/** Sets off everything that a stack does by itself or when it is asked: each function, each reason to run it. */
import { randomUUID } from 'node:crypto';
import type { Decision } from '#local/front/front.ts';
import { functions, rules, schedules } from '#local/template/readers.ts';
import { modelClasses } from '#shared/config/models.ts';
import { codeChannels } from '#shared/config/verification.ts';
import { uuidOf } from '#shared/contract/ids.ts';
import type { RegisteredEndpoint } from '#shared/contract/module.ts';
import { isSuccess, newTrial } from '../idempotency/trial.ts';
import { signInPath, signInTab } from '../sessions/tabs.ts';
import { requestOf } from '../support/request.ts';
import type { BatterySite } from '../support/site.ts';
import { smoke } from '#test/smoke/smoke.ts';

/** Where nobody answers: a queue's URL is where its messages are sent. */
const nowhere = 'http://127.0.0.1:9/000000000000/nowhere';

/** So many calls are a month's, of a tenant that uses them up. */
const fewCalls = 10;

/** The story of the product, with people who sign up: the triggers of the user pool, mails, tokens. */
export async function playStory({ state }: BatterySite): Promise<void> {
  process.env.PLINTH_STATE = state;
  try {
    const { steps } = await smoke();
    const odd = steps.filter(({ outcome }) => outcome !== 'ok');
    if (odd.length > 0) throw new Error(`The story failed: ${JSON.stringify(odd)}`);
  } finally {
    delete process.env.PLINTH_STATE;
  }
}

/** Every endpoint once, by somebody who may; says which of them did not succeed. */
export async function callEverything(
  site: BatterySite,
  endpoints: readonly RegisteredEndpoint[],
): Promise<string[]> {
  const ofPages = endpoints.filter(({ endpoint }) => endpoint.cookie !== undefined);
  const failed = await visitAsPage(site, ofPages);
  for (const called of endpoints.filter((one) => !ofPages.includes(one))) {
    const trial = await newTrial(site, called);
    const answer = await trial.send();
    if (!isSuccess(trial, answer)) {
      failed.push(`${called.operationId} answered ${answer.status} ${answer.text.slice(0, 200)}`);
    }
  }
  failed.push(...(await useUp(site, endpoints)), ...(await costSomething(site, endpoints)));
  return failed;
}

/** Tenants that use up what they have: one whose owner is told by mail, and one whose owner gets none at all. */
async function useUp(site: BatterySite, endpoints: readonly RegisteredEndpoint[]): Promise<string[]> {
  return [
    ...(await useUpCalls(site, endpoints, {})),
    ...(await useUpCalls(site, endpoints, { recipientPerDay: 0 })),
  ];
}

/** A tenant whose month has room for few calls makes one after the other. */
async function useUpCalls(
  site: BatterySite,
  endpoints: readonly RegisteredEndpoint[],
  rates: Record<string, number>,
): Promise<string[]> {
  const { admin, ...world } = site.world;
  const found = endpoints.find(({ operationId }) => operationId === 'tenancy.get');
  if (found === undefined) throw new Error('No endpoint reads the tenant.');
  const tenant = await world.tenant();
  await admin.query('insert into app.tenant_overrides (tenant_id, usage, rates) values ($1, $2, $3)', [
    uuidOf(tenant),
    JSON.stringify({ api_calls: { month: fewCalls } }),
    JSON.stringify(rates),
  ]);
  const token = await world.token(await world.member(tenant, 'owner'));
  const failed: string[] = [];
  for (let call = 0; call < fewCalls; call += 1) {
    const answer = await site.http.send(requestOf({ endpoint: found.endpoint, token, tenantId: tenant }));
    if (answer.status !== 200)
      failed.push(`call ${call} of ${fewCalls}: ${answer.status} ${answer.text.slice(0, 200)}`);
  }
  return failed;
}

/** A tenant that wants to be told of a day that costs anything asks a model, so that its owner is told. */
async function costSomething(site: BatterySite, endpoints: readonly RegisteredEndpoint[]): Promise<string[]> {
  return [
    ...(await costOnce(site, endpoints, {})),
    // Here its owner gets none at all.
    ...(await costOnce(site, endpoints, { recipientPerDay: 0 })),
  ];
}

async function costOnce(
  site: BatterySite,
  endpoints: readonly RegisteredEndpoint[],
  rates: Record<string, number>,
): Promise<string[]> {
  const found = endpoints.find(({ operationId }) => operationId === 'ai.complete');
  if (found === undefined) throw new Error('No endpoint asks a model.');
  const trial = await newTrial(site, found);
  await site.world.admin.query('insert into app.ai_tenants (tenant_id, daily_alert_pico) values ($1, 1)', [
    uuidOf(trial.scene.tenant),
  ]);
  await site.world.admin.query('insert into app.tenant_overrides (tenant_id, rates) values ($1, $2)', [
    ...[uuidOf(trial.scene.tenant), JSON.stringify(rates)],
  ]);
  const answer = await trial.send();
  return isSuccess(trial, answer) ? [] : [`a call that costs: ${answer.status} ${answer.text.slice(0, 200)}`];
}

/** The endpoints that take a cookie, in their order: a page signs in, renews its session, and ends it. */
async function visitAsPage(site: BatterySite, endpoints: readonly RegisteredEndpoint[]): Promise<string[]> {
  const { tab } = await signInTab(site);
  const failed: string[] = [];
  for (const { operationId, endpoint } of endpoints.filter((one) => one.endpoint.path !== signInPath)) {
    const { status, code } = await tab.post(endpoint.path);
    if (status !== endpoint.status) failed.push(`${operationId} answered ${status} ${code}`);
  }
  return failed;
}

/** Asks every model that Bedrock may be called for, in one piece and in pieces. */
export async function askOnBedrock(
  site: BatterySite,
  endpoints: readonly RegisteredEndpoint[],
): Promise<string[]> {
  const named = ['ai.complete', 'ai.stream'];
  const asking = endpoints.filter(({ operationId }) => named.includes(operationId));
  if (asking.length < named.length) throw new Error('No endpoints ask models.');
  const failed: string[] = [];
  for (const called of asking) {
    const trial = await newTrial(site, called);
    await site.world.admin.query("update app.tenants set plan = 'enterprise' where id = $1", [
      uuidOf(trial.scene.tenant),
    ]);
    for (const model of modelClasses) {
      const input = { ...trial.input, model, provider: 'bedrock' };
      const answer = await trial.send({ input, key: randomUUID() });
      if (!isSuccess(trial, answer))
        failed.push(`${model} on Bedrock: ${answer.status} ${answer.text.slice(0, 200)}`);
    }
  }
  return failed;
}

/** Sends a code on every channel. */
export async function useChannels(
  site: BatterySite,
  endpoints: readonly RegisteredEndpoint[],
): Promise<string[]> {
  const { http, world } = site;
  const found = endpoints.find(({ operationId }) => operationId === 'verification.send');
  if (found === undefined) throw new Error('No endpoint sends codes.');
  const failed: string[] = [];
  for (const channel of codeChannels) {
    const address = channel === 'email' ? world.stranger().email : '+447700900123';
    const token = await world.token(world.stranger());
    const answer = await http.send(
      requestOf({ endpoint: found.endpoint, token, input: { channel, address } }),
    );
    if (answer.status !== 202)
      failed.push(`a code by ${channel}: ${answer.status} ${answer.text.slice(0, 200)}`);
  }
  return failed;
}

/** Tries a name until it is locked, as the user pool would. */
export async function lockSomebody({ stack }: BatterySite): Promise<string[]> {
  const guard = functions(stack.cell).find(({ name }) => name.endsWith('-trigger-guard'));
  if (guard === undefined) throw new Error('Nothing guards signing in.');
  const event = {
    ...{
      version: '1',
      triggerSource: 'PreAuthentication_Authentication',
      userName: 'nobody@battery.example',
    },
    ...{ request: { userAttributes: {} }, response: {} },
  };
  const outcomes: boolean[] = [];
  for (let attempt = 0; attempt < 6; attempt += 1) {
    outcomes.push((await stack.functions.invoke(guard.arn, event)).ok);
  }
  return outcomes.join() === 'true,true,true,true,true,false'
    ? []
    : [`six attempts to sign in: ${outcomes.join()}`];
}

/** From now on what is published waits for the schedules: no message that should wake the dispatcher arrives. */
export function loseWakeUps(site: BatterySite): Promise<void> {
  return site.change((one) =>
    'OUTBOX_QUEUE_URL' in one.environment
      ? { ...one, environment: { ...one.environment, OUTBOX_QUEUE_URL: nowhere } }
      : one,
  );
}

/** Runs what the clock runs. */
export async function runSchedules({
  stack,
  world,
}: BatterySite): Promise<{ tried: number; failed: string[] }> {
  // As if budgets had been published by transactions that then failed: the sweep has to publish them again.
  await world.admin.query('update app.ai_tenants set budgets_version = budgets_version - 1');
  const targets = [
    ...rules(stack.cell).filter(({ schedule }) => schedule !== undefined),
    ...schedules(stack.cell).map(({ target }) => ({ targets: [target] })),
  ].flatMap((timed) => timed.targets.map(({ arn }) => arn));
  const failed: string[] = [];
  for (const arn of targets) {
    const result = await stack.functions.invoke(arn, { source: 'aws.events', detail: {} });
    if (!result.ok) failed.push(`${arn}: ${result.errorType} ${result.errorMessage}`);
  }
  return { tried: targets.length, failed };
}

/** Has functions say who they are when they connect to the database. */
export function nameConnections(site: BatterySite): Promise<void> {
  return site.change((one) => ({ ...one, environment: { ...one.environment, PGAPPNAME: one.name } }));
}

/** The functions that are connected to the database now, by name. */
export async function connected({ world }: BatterySite): Promise<string[]> {
  const { rows } = await world.admin.query<{ name: string }>(
    "select distinct application_name as name from pg_stat_activity where usename like 'app\\_%'",
  );
  return rows.map(({ name }) => name);
}

/**
 * Decisions without those about logins that nobody used: a function is told its password when it is made, but
 * only those that connected have used the right to.
 */
export function withoutIdleLogins(
  decisions: readonly Decision[],
  { stack }: BatterySite,
  names: ReadonlySet<string>,
): Decision[] {
  const users = new Set(
    functions(stack.cell)
      .filter(({ name }) => names.has(name))
      .map(({ roleArn }) => roleArn.split('/').at(-1)),
  );
  return decisions.filter(
    ({ service, role, allowed }) => service !== 'rds-db' || !allowed || users.has(role),
  );
}
