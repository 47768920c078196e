/**
 * For every endpoint an input that an allowed caller succeeds with. Most need nothing: what the contract requires
 * is made up. An endpoint that acts on something that must exist has its line here; one that needs a line and has
 * none is found by the authz battery, because an allowed caller is refused.
 */
import { randomBytes, randomInt, randomUUID } from 'node:crypto';
import fc from 'fast-check';
import type * as z from 'zod';
import type { RegisteredEndpoint } from '#shared/contract/module.ts';
import { type TenantId, uuidOf } from '#shared/contract/ids.ts';
import { arbitraryOf } from './arbitrary.ts';
import type { Person, World } from './world.ts';

/** Who will call, and the tenant it is about. */
export type Scene = { world: World; tenant: TenantId; actor: Person };

type Input = Record<string, unknown>;

const reason = 'The battery wants to know';

const said = { role: 'user', content: 'Is anybody there?' };

const factories: Readonly<Record<string, (scene: Scene) => Promise<Input>>> = {
  'identity.switchTenant': async ({ world, actor }) => {
    const tenantId = await world.tenant();
    await world.join(tenantId, actor, 'viewer');
    return { tenantId };
  },
  'sessions.revoke': async ({ world, actor }) => ({ sessionId: await world.session(actor) }),
  'sessions.revokeDevice': async ({ world, actor }) => ({ deviceId: await world.device(actor) }),
  'tenancy.create': async () => ({
    slug: `new-${randomBytes(10).toString('hex')}`,
    name: 'Founded by the battery',
    region: 'us',
    plan: 'basic',
  }),
  'tenancy.update': async () => ({ name: `Renamed ${randomBytes(4).toString('hex')}` }),
  'tenancy.domain': async ({ world, tenant }) => claimDomain(world, tenant),
  'tenancy.verifyDomain': async ({ world, tenant }) => claimDomain(world, tenant),
  'members.changeRole': async ({ world, tenant }) => ({
    userId: (await world.member(tenant, 'viewer')).id,
    role: 'auditor',
  }),
  'members.remove': async ({ world, tenant }) => ({ userId: (await world.member(tenant, 'viewer')).id }),
  'members.invite': async ({ world }) => ({ email: world.stranger().email, role: 'viewer' }),
  'members.withdraw': async ({ world, tenant }) => ({ invitationId: (await world.invitation(tenant)).id }),
  'members.accept': async ({ world, actor }) => ({
    token: (await world.invitation(await world.tenant(), actor.email)).token,
  }),
  // Little enough for whoever may make keys at all.
  'keys.create': async () => ({ name: 'Made by the battery', role: 'admin', scopes: ['keys:write'] }),
  'keys.get': async ({ world, tenant }) => ({ keyId: (await world.apiKey(tenant)).id }),
  'keys.update': async ({ world, tenant }) => ({ keyId: (await world.apiKey(tenant)).id, name: 'Renamed' }),
  'keys.rotate': async ({ world, tenant }) => ({
    keyId: (await world.apiKey(tenant, { role: 'admin', scopes: ['keys:write'] })).id,
    overlapHours: 12,
  }),
  'keys.revoke': async ({ world, tenant }) => ({ keyId: (await world.apiKey(tenant)).id }),
  'keys.verify': async ({ world, tenant }) => ({ key: (await world.apiKey(tenant)).text }),
  'exports.create': async () => ({ report: 'audit.events', purpose: 'The battery wants to know' }),
  'exports.get': async ({ world, tenant }) => ({ exportId: await world.export(tenant) }),
  'exports.cancel': async ({ world, tenant }) => ({ exportId: await world.export(tenant, 'queued') }),
  'exports.download': async ({ world, tenant }) => ({ exportId: await world.export(tenant) }),
  'exports.downloads': async ({ world, tenant }) => ({ exportId: await world.export(tenant) }),
  'backups.create': async ({ world, tenant }) => {
    // One at a time; what is seeded is done.
    await world.backup(tenant);
    return {};
  },
  'backups.get': async ({ world, tenant }) => ({ backupId: await world.backup(tenant) }),
  'backups.download': async ({ world, tenant }) => ({ backupId: await world.backup(tenant) }),
  'restore.request': async ({ world, tenant }) => {
    await world.endRestores(tenant);
    return { backupId: await world.backup(tenant), reason };
  },
  'restore.get': async ({ world, tenant }) => ({ restoreId: await world.restore(tenant) }),
  'restore.approve': async ({ world, tenant }) => ({ restoreId: await world.restore(tenant) }),
  'restore.reject': async ({ world, tenant }) => ({ restoreId: await world.restore(tenant) }),
  'restore.cancel': async ({ world, tenant }) => ({ restoreId: await world.restore(tenant) }),
  'restore.apply': async ({ world, tenant }) => {
    const restoreId = await world.restore(tenant, 'ready');
    const { rows } = await world.admin.query<{ slug: string }>('select slug from app.tenants where id = $1', [
      uuidOf(tenant),
    ]);
    return { restoreId, confirm: rows[0]?.slug };
  },
  'restore.undo': async ({ world, tenant }) => ({
    restoreId: await world.restore(tenant, 'applied'),
    reason,
  }),
  'drills.run': async ({ world }) => {
    const tenantId = await world.tenant();
    await world.backup(tenantId);
    return { tenantId };
  },
  'verification.send': async () => ({ channel: 'sms', address: `+4477009${randomInt(10_000, 99_999)}` }),
  'verification.verify': async ({ world, actor }) => ({ code: await world.code(actor) }),
  'ai.promptVersion': async ({ world, tenant, actor }) => {
    const key = 'content.draft';
    await world.admin.query(
      `insert into app.prompt_versions (tenant_id, key, version, template, author_type, author)
       values ($1, $2, 1, 'x', 'person', $3) on conflict do nothing`,
      [uuidOf(tenant), key, uuidOf(actor.id)],
    );
    return { key, version: '1' };
  },
  'ai.activatePrompt': async () => ({ key: 'content.draft', activeVersion: null }),
  'ai.previewPrompt': async () => ({ key: 'content.summary', variables: {} }),
  'ai.complete': async () => ({ feature: 'chat', messages: [said], maxTokens: 16 }),
  'ai.stream': async () => ({ feature: 'chat', messages: [said], maxTokens: 16 }),
  'ai.messages': async () => ({ model: 'claude-haiku-5-5', messages: [said], max_tokens: 16 }),
  'ai.chatCompletions': async () => ({ model: 'gpt-6-luna', messages: [said], max_tokens: 16 }),
  'ai.setBudget': async () => ({ scope: 'tenant', window: 'month', limit: '10.50', policy: 'block' }),
  'ai.removeBudget': async ({ world, tenant }) => budget(world, tenant),
  'ai.increaseBudget': async ({ world, tenant }) => ({
    ...(await budget(world, tenant)),
    ...{ amount: '1', reason, expiresAt: new Date(Date.now() + 3_600_000).toISOString() },
  }),
  // What is made up may be as long as two million characters, which takes its time on a busy machine.
  'ai.importCalls': async () => ({
    csv: 'date,startup,iterations,cost_claude,cost_chatgpt,total_cost\n2026-11-20,Battery,1,0.01,0.02,0.03\n',
  }),
  'ai.exportCalls': async () => ({ from: '2026-11-01T00:00:00Z', until: '2026-12-01T00:00:00Z' }),
  'ai.costs': async () => ({ from: '2026-11-01', to: '2026-11-30' }),
  'ai.transcript': async ({ world, tenant }) => transcript(world, tenant),
  'ai.deleteTranscript': async ({ world, tenant }) => transcript(world, tenant),
  'ai.deleteTranscripts': async ({ world, tenant }) => {
    await transcript(world, tenant);
    return {};
  },
  'support.approve': async ({ world, tenant }) => ({ impersonationId: await world.impersonation(tenant) }),
  'support.deny': async ({ world, tenant }) => ({ impersonationId: await world.impersonation(tenant) }),
  'support.end': async ({ world, tenant }) => ({
    impersonationId: await world.impersonation(tenant, { status: 'approved' }),
  }),
  'supportdesk.get': async ({ world }) => ({
    impersonationId: await world.impersonation(await world.tenant()),
  }),
  'supportdesk.request': async ({ world }) => {
    const tenantId = await world.tenant();
    return { tenantId, memberId: (await world.member(tenantId, 'viewer')).id, reason };
  },
  'supportdesk.start': (scene) => ownImpersonation(scene, 'approved'),
  'supportdesk.withdraw': (scene) => ownImpersonation(scene, 'requested'),
  'supportdesk.end': (scene) => ownImpersonation(scene, 'started'),
  'ai.setRoutes': async () => ({
    rules: [{ name: 'cheap', when: { task: ['qa'] }, use: 'haiku', firm: true }],
  }),
  'ai.setDailyAlert': async () => ({ threshold: '2.50' }),
  'ai.countCost': async () => ({ feature: 'chat', messages: [{ role: 'user', content: 'Hello' }] }),
  'platform.setAiRoutes': async () => ({ rules: [], reason }),
  'platform.tenantAiRoutes': async ({ world }) => ({ tenantId: await world.tenant() }),
  'platform.setTenantAiRoutes': async ({ world }) => ({
    tenantId: await world.tenant(),
    rules: [{ name: 'long', when: { promptTokensFrom: 1_000, plan: ['pro'] }, use: 'opus' }],
    reason,
  }),
  'investigation.replayDeadLetters': async ({ world }) => ({ ...(await deadLetter(world)), reason }),
  'investigation.discardDeadLetters': async ({ world }) => ({ ...(await deadLetter(world)), reason }),
  'platform.tenant': async ({ world }) => ({ tenantId: await world.tenant() }),
  'platform.users': async () => ({ search: 'example.com', reason }),
  'platform.suspend': async ({ world }) => ({ tenantId: await world.tenant(), reason }),
  'platform.resume': async ({ world }) => ({ tenantId: await world.tenant('suspended'), reason }),
  'platform.changePlan': async ({ world }) => ({ tenantId: await world.tenant(), plan: 'pro', reason }),
  'platform.overrides': async ({ world }) => ({ tenantId: await world.tenant() }),
  'platform.changeOverrides': async ({ world }) => ({ tenantId: await world.tenant(), reason }),
};

/** What the caller asked for as one of the staff; whether they are is for the API to say. */
async function ownImpersonation(
  { world, actor }: Scene,
  status: 'requested' | 'approved' | 'started',
): Promise<Input> {
  return { impersonationId: await world.impersonation(await world.tenant(), { status, staff: actor }) };
}

/** A message that failed too often. */
async function deadLetter(world: World): Promise<Input> {
  const id = await world.somethingOf('deadLetter', await world.tenant());
  return { queue: 'members', ids: [id] };
}

/** The tenant's own budget of a month. */
async function budget(world: World, tenant: TenantId): Promise<Input> {
  await world.admin.query(
    `insert into app.ai_budgets (tenant_id, scope, subject, period, limit_pico, policy)
     values ($1, 'tenant', '', 'month', 10000000000000, 'block') on conflict do nothing`,
    [uuidOf(tenant)],
  );
  return { scope: 'tenant', window: 'month' };
}

/** Of a call that was kept. */
async function transcript({ admin }: World, tenant: TenantId): Promise<Input> {
  const callId = randomUUID();
  await admin.query(
    `insert into app.ai_transcripts (tenant_id, call_id, asked_at, feature, model, prompt, answer, complete, kept_until)
     values ($1, $2, now(), 'chat', 'claude-haiku-5-5', '{"system":null,"messages":[],"tools":[]}',
             '{"content":[],"stopReason":"end_turn"}', true, now() + interval '1 day')`,
    [uuidOf(tenant), callId],
  );
  return { callId };
}

/** A domain to ask about; nobody has proven it. */
async function claimDomain(world: World, tenant: TenantId): Promise<Input> {
  await world.admin.query('update app.tenants set domain = $1 where id = $2', [
    `d${randomBytes(6).toString('hex')}.battery.example`,
    uuidOf(tenant),
  ]);
  return {};
}

/** Where a factory is to be added, for messages about an endpoint that needs one. */
export const factoriesFile = 'test/battery/support/inputs.ts';

/** An input with which an allowed caller succeeds. */
export async function acceptedInput(called: RegisteredEndpoint, scene: Scene): Promise<Input> {
  const make = factories[called.operationId];
  return make === undefined ? requiredOf(called) : make(scene);
}

/** Factories that serve no endpoint any more. */
export function idleFactories(endpoints: readonly RegisteredEndpoint[]): string[] {
  const known = new Set(endpoints.map(({ operationId }) => operationId));
  return Object.keys(factories).filter((operationId) => !known.has(operationId));
}

/** What the contract requires and nothing else. */
function requiredOf({ endpoint }: RegisteredEndpoint): Input {
  const shape = { ...endpoint.params.shape, ...endpoint.query.shape, ...endpoint.body?.shape };
  const fields = Object.entries(shape as Record<string, z.ZodType>).filter(
    ([, field]) => !field.safeParse(undefined).success,
  );
  return Object.fromEntries(fields.map(([name, field]) => [name, fc.sample(arbitraryOf(field, name), 1)[0]]));
}
