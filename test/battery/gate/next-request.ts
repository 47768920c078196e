/**
 * Whatever is decided on one instance holds on another for the very next request, and for every request that begins
 * after the decision was answered, however many are under way (IDN-4, TEN-3, TEN-10, CAP-3).
 */
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { formatId, type TenantId } from '#shared/contract/ids.ts';
import type { Answer, Request } from '#test/support/chain.ts';
import type { Instance } from '#test/support/instance.ts';
import { storeImpersonation } from '#test/support/stored-impersonation.ts';
import { storeKey } from '#test/support/stored-key.ts';
import { newPerson } from '#test/support/tokens.ts';
import type { Report } from '../figures.ts';
import type { Caller, Stage } from './stage.ts';

/** A decision about somebody who was let in until now. */
export type Decision = {
  name: string;
  /** What they are refused with from then on. */
  code: string;
  /** What they ask for; the tenant itself unless told. */
  module?: string;
  request?: Request;
  /** Who calls, as they are before the decision; `owner` owns their tenant. */
  arrange(stage: Stage, owner: Caller): Promise<Caller>;
  decide(stage: Stage, owner: Caller, who: Caller): Promise<void>;
  /** Takes back what concerns everybody. */
  undo?(stage: Stage): Promise<void>;
};

const rounds = 5;
const loops = 4;
/** Requests of one loop while the decision is made, and how long it waits in between. */
const pauseMs = 15;

const invite = { method: 'POST', path: '/v1/invitations', body: {} };
const rename = { method: 'PATCH', path: '/v1/tenant', body: { name: 'Acme' } };
const overrides = '/v1/platform/tenants/{tenantId}/overrides';

export const decisions: readonly Decision[] = [
  {
    name: 'a session is revoked',
    code: 'auth.session_ended',
    arrange: (stage, { tenant }) => stage.join(tenant, 'viewer'),
    decide: async (stage, _owner, who) => {
      const other = { ...who, credential: await anotherSession(stage, who) };
      const request = { method: 'DELETE', path: '/v1/me/sessions/{sessionId}' };
      const params = { sessionId: formatId('session', who.person.sub) };
      must(await stage.ask(stage.first, other, 'sessions', { ...request, params }), 204);
    },
  },
  {
    name: 'somebody signs out everywhere',
    code: 'auth.session_ended',
    arrange: (stage, { tenant }) => stage.join(tenant, 'viewer'),
    decide: async (stage, _owner, who) => {
      const other = { ...who, credential: await anotherSession(stage, who) };
      const request = { method: 'DELETE', path: '/v1/me/sessions' };
      must(await stage.ask(stage.first, other, 'sessions', request), 204);
    },
  },
  {
    name: 'a tenant is suspended',
    code: 'tenant.suspended',
    arrange: (stage, { tenant }) => stage.join(tenant, 'viewer'),
    decide: (stage, { tenant }) =>
      stage.decide('POST', '/v1/platform/tenants/{tenantId}/suspend', tenant, {}),
  },
  {
    name: 'a member is removed',
    code: 'resource.not_found',
    arrange: (stage, { tenant }) => stage.join(tenant, 'viewer'),
    decide: async (stage, owner, { person }) => {
      const params = { userId: formatId('user', person.sub) };
      const request = { method: 'DELETE', path: '/v1/members/{userId}', params };
      must(await stage.ask(stage.first, owner, 'members', request), 204);
    },
  },
  {
    name: 'a role is lowered',
    code: 'auth.forbidden',
    request: rename,
    arrange: (stage, { tenant }) => stage.join(tenant, 'admin'),
    decide: async (stage, owner, { person }) => {
      const params = { userId: formatId('user', person.sub) };
      const request = { method: 'PATCH', path: '/v1/members/{userId}', params, body: { role: 'viewer' } };
      must(await stage.ask(stage.first, owner, 'members', request), 200);
    },
  },
  {
    name: 'an API key is revoked',
    code: 'auth.key_refused',
    arrange: async ({ chain }, owner) => {
      const { id, text } = await storeKey(chain.database.admin, owner.tenant);
      return { ...owner, credential: text, person: { ...owner.person, sub: id } };
    },
    decide: async (stage, owner, who) => {
      const request = { method: 'DELETE', path: '/v1/keys/{keyId}', params: { keyId: who.person.sub } };
      must(await stage.ask(stage.first, owner, 'keys', request), 204);
    },
  },
  {
    name: 'the tenant ends what support does for a member',
    code: 'impersonation.ended',
    arrange: async (stage, { tenant }) => {
      const [member, person] = [(await stage.join(tenant, 'viewer')).person, newPerson('Support')];
      const id = await storeImpersonation(stage.chain.database.admin, {
        tenant,
        member: formatId('user', member.sub),
        staff: formatId('user', person.sub),
      });
      const credential = await stage.chain.pool.token(person, { groups: ['platform-support'] });
      return { tenant, person, credential, headers: { 'plinth-impersonate': id } };
    },
    decide: async (stage, owner, { headers }) => {
      const params = { impersonationId: headers?.['plinth-impersonate'] ?? '' };
      const request = { method: 'POST', path: '/v1/impersonations/{impersonationId}/end', params };
      must(await stage.ask(stage.first, owner, 'support', request), 200);
    },
  },
  {
    name: 'the platform pulls a kill switch',
    ...{ code: 'capability.switched_off', module: 'members', request: invite },
    arrange: (stage, { tenant }) => stage.join(tenant, 'admin'),
    decide: (stage) => switchMessaging(stage, true),
    undo: (stage) => switchMessaging(stage, false),
  },
  {
    name: 'the tenant pulls a kill switch',
    ...{ code: 'capability.switched_off', module: 'members', request: invite },
    arrange: (stage, { tenant }) => stage.join(tenant, 'admin'),
    decide: async (stage, owner) => {
      const body = { switchedOff: { messaging: true } };
      must(
        await stage.ask(stage.first, owner, 'settings', { method: 'PATCH', path: '/v1/settings', body }),
        200,
      );
    },
  },
  {
    name: 'a capability is withheld',
    ...{ code: 'capability.off', module: 'members', request: invite },
    arrange: (stage, { tenant }) => stage.join(tenant, 'admin'),
    decide: (stage, { tenant }) =>
      stage.decide('PATCH', overrides, tenant, { capabilities: { invitations: false } }),
  },
  {
    name: 'a limit is lowered',
    code: 'limit.usage',
    arrange: (stage, { tenant }) => stage.join(tenant, 'viewer'),
    decide: (stage, { tenant }) =>
      stage.decide('PATCH', overrides, tenant, { usage: { api_calls: { hour: 1 } } }),
  },
];

function switchMessaging(stage: Stage, messaging: boolean): Promise<void> {
  return stage.decide('PATCH', '/v1/platform/settings', undefined, { switchedOff: { messaging } });
}

function anotherSession({ chain }: Stage, { person }: Caller): Promise<string> {
  return chain.pool.token(person, { claims: { origin_jti: randomUUID() } });
}

function must({ status, body }: Answer, wanted: number): void {
  if (status !== wanted) throw new Error(`answered ${status} instead of ${wanted}: ${JSON.stringify(body)}`);
}

/** Tries every decision; nobody may be let in afterwards. */
export async function decideAndTry(report: Report, stage: Stage): Promise<void> {
  const late: string[] = [];
  let tried = 0;
  for (const decision of decisions) {
    report.progress(decision.name);
    for (let round = 0; round < rounds; round += 1) {
      const seen = await tryDecision(stage, stage.second, decision);
      tried += seen.tried;
      late.push(...seen.late.map((what) => `${decision.name}: ${what}`));
    }
  }
  report.none('requests let in after a decision', late.length, tried, late);
}

/**
 * One decision while somebody keeps calling; what they are answered to requests that begin after it.
 * @throws Error when they are refused before it
 */
export async function tryDecision(
  stage: Stage,
  at: Instance,
  decision: Decision,
): Promise<{ tried: number; late: string[] }> {
  const [owner] = (await stage.newTenant()) as [Caller];
  await widen(stage, owner.tenant);
  const who = await decision.arrange(stage, owner);
  const { module = 'tenancy', request = { method: 'GET', path: '/v1/tenant' } } = decision;
  const call = () => stage.ask(at, who, module, request);
  for (let turn = 0; turn < 2; turn += 1) {
    const { status, body } = await call();
    const isIn = status === 200 || status === 400;
    if (!isIn) throw new Error(`refused before "${decision.name}": ${JSON.stringify(body)}`);
  }
  let decidedAt = Infinity;
  const after: Answer[] = [];
  const calling = Array.from({ length: loops }, async (_none, loop) => {
    await sleep((loop * pauseMs) / loops);
    for (let more = 2; more > 0;) {
      const startedAt = performance.now();
      const answer = await call();
      if (startedAt > decidedAt) {
        after.push(answer);
        more -= 1;
      }
      await sleep(pauseMs);
    }
  });
  await sleep(2 * pauseMs);
  await decision.decide(stage, owner, who);
  decidedAt = performance.now();
  after.push(await call());
  await Promise.all(calling);
  await decision.undo?.(stage);
  const late = after.filter(({ body }) => (body as { code?: string } | undefined)?.code !== decision.code);
  return {
    tried: after.length,
    late: late.map(({ status, body }) => `answered ${status} ${(body as { code?: string }).code ?? ''}`),
  };
}

/** Rates are not what is tried here. */
function widen(stage: Stage, tenant: TenantId): Promise<void> {
  const perMinute = 10_000;
  return stage.decide('PATCH', overrides, tenant, {
    rates: { userPerMinute: perMinute, keyPerMinute: perMinute, tenantPerMinute: perMinute },
  });
}
