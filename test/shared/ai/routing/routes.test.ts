/**
 * What administrators decide about models, over the whole API: functions of their own, each in several instances that
 * remember what they have read, on Postgres, DynamoDB and a stand-in for the providers.
 */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { toPico } from '#shared/ai/pricing/pico.ts';
import { modelOfClass } from '#shared/config/models.ts';
import type { Plan } from '#shared/config/plans.ts';
import { type Client, createClient } from '#shared/contract/client.ts';
import { type TenantId, uuidOf } from '#shared/contract/ids.ts';
import type { TenantRole } from '#shared/contract/roles.ts';
import { registry } from '#shared/registry.ts';
import { type Deployment, startDeployment } from '../../../matrix/deployment.ts';

type Api = Client<typeof registry>;
type Caller = { tenant: TenantId; api: Api };

let deployment: Deployment;
let staff: Api;
const reason = 'A test of the rules';

beforeAll(async () => {
  deployment = await startDeployment();
  const { world } = deployment;
  staff = clientOf(await world.token(world.stranger(), { 'cognito:groups': ['platform-admin'] }));
}, 120_000);
beforeEach(async () => {
  await staff.platform.setAiRoutes({ rules: [], reason });
});
afterAll(() => deployment?.stop());

function clientOf(token: string, tenant?: TenantId): Api {
  return createClient(registry, {
    ...{ baseUrl: deployment.url, accessToken: () => token, tenantId: () => tenant },
  });
}

async function join(tenant: TenantId, role: TenantRole = 'owner'): Promise<Caller> {
  const { world } = deployment;
  return { tenant, api: clientOf(await world.token(await world.member(tenant, role)), tenant) };
}

async function found(plan: Plan): Promise<Caller> {
  const { world } = deployment;
  const tenant = await world.tenant();
  await world.admin.query('update app.tenants set plan = $2 where id = $1', [uuidOf(tenant), plan]);
  return join(tenant);
}

const question = (more: object = {}) => ({
  ...{ feature: 'chat' as const, messages: [{ role: 'user' as const, content: 'Hello' }], maxTokens: 20 },
  ...more,
});

/** Where a call goes, and by which rule. */
async function goesTo({ api }: Caller, more: object = {}): Promise<[model: string, rule: string]> {
  const { model, rule } = await api.ai.complete(question(more));
  return [model, rule];
}

/** As many calls at once as wake several instances. */
const everywhere = async (caller: Caller) => {
  const went = await Promise.all(Array.from({ length: 4 }, () => goesTo(caller)));
  return [...new Set(went.map(([, rule]) => rule))];
};

const code = (code: string) => ({ problem: { code } });
const { haiku, sonnet, opus } = modelOfClass;

describe('[AI-4] rules of a tenant', () => {
  test('hold for the next call on every instance, and for nobody else', async () => {
    const [ours, theirs] = [await found('pro'), await found('pro')];
    expect(await everywhere(ours)).toEqual(['plan-pro']);
    await ours.api.ai.setRoutes({ rules: [{ name: 'thrift', when: { feature: ['chat'] }, use: 'haiku' }] });
    expect(await everywhere(ours)).toEqual(['tenant:thrift']);
    expect(await goesTo(ours)).toEqual([haiku, 'tenant:thrift']);
    expect(await goesTo(ours, { feature: 'content' })).toEqual([sonnet, 'plan-pro']);
    expect(await goesTo(theirs)).toEqual([sonnet, 'plan-pro']);
    await ours.api.ai.setRoutes({ rules: [] });
    expect(await everywhere(ours)).toEqual(['plan-pro']);
  });

  test('hold for its keys as well, and the ledger names them', async () => {
    const ours = await found('pro');
    await ours.api.ai.setRoutes({ rules: [{ name: 'thrift', use: 'gpt-6-luna', firm: true }] });
    const key = await deployment.world.apiKey(ours.tenant, { role: 'operator' });
    expect(await goesTo({ ...ours, api: clientOf(key.text) }, { model: sonnet })).toEqual([
      'gpt-6-luna',
      'tenant:thrift',
    ]);
    const { items } = await ours.api.ai.calls({});
    expect(items).toMatchObject([{ rule: 'tenant:thrift', model: 'gpt-6-luna' }]);
  });

  test('never reach beyond its plan, neither when they are put nor after the plan became smaller', async () => {
    const ours = await found('pro');
    const lift = {
      rules: [
        { name: 'fine', use: haiku },
        { name: 'lift', use: 'opus', firm: true },
      ],
    };
    await expect(ours.api.ai.setRoutes(lift)).rejects.toMatchObject({
      problem: { code: 'ai.beyond_plan', errors: [{ path: 'body.rules.1.use' }] },
    });
    await ours.api.ai.setRoutes({ rules: [{ name: 'all', use: 'sonnet', firm: true }] });
    expect(await goesTo(ours)).toEqual([sonnet, 'tenant:all']);
    await staff.platform.changePlan({ tenantId: ours.tenant, plan: 'basic', reason });
    expect(await goesTo(ours)).toEqual([haiku, 'plan-basic']);
    const { items } = await ours.api.ai.routes({});
    expect(items[0]).toMatchObject({ whose: 'tenant', name: 'tenant:all', applies: false });
  });

  test.each<[string, object]>([
    ['a model that nobody has', { name: 'x', use: 'claude-of-tomorrow' }],
    ['a model that answers no messages', { name: 'x', use: 'text-embedding-3-small' }],
    [
      'a condition on the plan, which is the platform’s',
      { name: 'x', use: 'haiku', when: { plan: ['pro'] } },
    ],
    ['a name that is none', { name: 'X y', use: 'haiku' }],
  ])('are refused with %s', async (_what, rule) => {
    const ours = await found('pro');
    await expect(ours.api.ai.setRoutes({ rules: [rule] } as never)).rejects.toMatchObject(
      code('request.invalid'),
    );
  });

  test('have names of their own, and are at most twenty', async () => {
    const ours = await found('pro');
    const named = (names: readonly string[]) => ({
      rules: names.map((name) => ({ name, use: 'haiku' })),
    });
    const many = Array.from({ length: 21 }, (_, index) => `rule-${index}`);
    await expect(ours.api.ai.setRoutes(named(['a', 'a']))).rejects.toMatchObject(code('request.invalid'));
    await expect(ours.api.ai.setRoutes(named(many))).rejects.toMatchObject(code('request.invalid'));
    await ours.api.ai.setRoutes(named(many.slice(1)));
  });

  test('stand in the trail, before and after; who calls models only may not change them', async () => {
    const ours = await found('pro');
    const operator = await join(ours.tenant, 'operator');
    await expect(operator.api.ai.setRoutes({ rules: [] })).rejects.toMatchObject(code('auth.forbidden'));
    await expect(operator.api.ai.routes({})).rejects.toMatchObject(code('auth.forbidden'));
    await ours.api.ai.setRoutes({ rules: [{ name: 'thrift', use: 'haiku' }] });
    const { rows } = await deployment.world.admin.query<Record<string, unknown>>(
      "select before, after from app.audit_events where tenant_id = $1 and action = 'ai.routes_changed'",
      [uuidOf(ours.tenant)],
    );
    expect(rows).toMatchObject([{ before: { rules: [] }, after: { rules: [{ name: 'thrift' }] } }]);
  });
});

describe('[AI-4] rules of the platform', () => {
  test('hold for the next call of every tenant, before wishes and beyond plans', async () => {
    const [basic, pro] = [await found('basic'), await found('pro')];
    expect(await everywhere(basic)).toEqual(['plan-basic']);
    const rules = [{ name: 'gift', when: { plan: ['basic' as const] }, use: 'opus' }];
    await staff.platform.setAiRoutes({ rules, reason });
    expect(await everywhere(basic)).toEqual(['administrator:gift']);
    expect(await goesTo(basic, { model: haiku })).toEqual([opus, 'administrator:gift']);
    expect(await goesTo(pro)).toEqual([sonnet, 'plan-pro']);
    await staff.platform.setAiRoutes({ rules: [], reason });
    expect(await everywhere(basic)).toEqual(['plan-basic']);
  });

  test('about one tenant come before those about all, and are in its own trail', async () => {
    const [ours, theirs] = [await found('basic'), await found('basic')];
    await staff.platform.setAiRoutes({ rules: [{ name: 'all', use: 'gpt-6-luna' }], reason });
    const tenantId = ours.tenant;
    await staff.platform.setTenantAiRoutes({ tenantId, rules: [{ name: 'one', use: sonnet }], reason });
    expect(await goesTo(ours)).toEqual([sonnet, 'exception:one']);
    expect(await goesTo(theirs)).toEqual(['gpt-6-luna', 'administrator:all']);
    expect(await staff.platform.tenantAiRoutes({ tenantId })).toMatchObject({ rules: [{ name: 'one' }] });
    expect((await ours.api.ai.routes({})).items.map(({ name }) => name)).toEqual([
      ...['exception:one', 'administrator:all', 'qa-again', 'budget-low', 'plan-basic'],
    ]);
    const { rows } = await deployment.world.admin.query<Record<string, unknown>>(
      "select plane, reason from app.audit_events where tenant_id = $1 and action = 'tenant.ai_routes_changed'",
      [uuidOf(ours.tenant)],
    );
    expect(rows).toEqual([{ plane: 'platform', reason }]);
  });

  test('of a tenant that does not exist are not found', async () => {
    const tenantId = 'ten_00000000-0000-4000-8000-000000000000';
    await expect(staff.platform.tenantAiRoutes({ tenantId })).rejects.toMatchObject(
      code('resource.not_found'),
    );
    await expect(staff.platform.setTenantAiRoutes({ tenantId, rules: [], reason })).rejects.toMatchObject(
      code('resource.not_found'),
    );
  });
});

describe('[AI-5] the class that somebody prefers', () => {
  test('holds for the next call: one’s own before the tenant’s, and nobody else’s', async () => {
    const owner = await found('enterprise');
    const [mine, other] = [await join(owner.tenant, 'operator'), await join(owner.tenant, 'operator')];
    expect(await goesTo(mine)).toEqual([sonnet, 'plan-enterprise']);
    await owner.api.ai.changePreferences({ model: 'opus' });
    expect(await goesTo(mine)).toEqual([opus, 'tenant-preference']);
    await mine.api.ai.changeOwnPreferences({ model: 'haiku' });
    expect(await goesTo(mine)).toEqual([haiku, 'own-preference']);
    expect(await goesTo(other)).toEqual([opus, 'tenant-preference']);
    await mine.api.ai.changeOwnPreferences({ model: null });
    await owner.api.ai.changePreferences({ model: null });
    expect(await goesTo(mine)).toEqual([sonnet, 'plan-enterprise']);
  });

  test('is a key’s own as well, and nothing where the plan does not have it', async () => {
    const ours = await found('pro');
    const { text } = await deployment.world.apiKey(ours.tenant, { role: 'operator' });
    const key = { ...ours, api: clientOf(text) };
    await key.api.ai.changeOwnPreferences({ model: 'haiku' });
    expect(await goesTo(key)).toEqual([haiku, 'own-preference']);
    expect(await goesTo(ours)).toEqual([sonnet, 'plan-pro']);
    await key.api.ai.changeOwnPreferences({ model: 'opus' });
    expect(await goesTo(key)).toEqual([sonnet, 'plan-pro']);
  });
});

test('[AI-3] [AI-4] where little is left of a budget, calls go to the cheapest class', async () => {
  const [ours, theirs] = [await found('pro'), await found('pro')];
  await ours.api.ai.setBudget({
    scope: 'feature',
    subject: 'chat',
    window: 'day',
    limit: '0',
    policy: 'overage',
  });
  expect(await goesTo(ours)).toEqual([haiku, 'budget-low']);
  expect(await goesTo(ours, { feature: 'content' })).toEqual([sonnet, 'plan-pro']);
  expect(await goesTo(theirs)).toEqual([sonnet, 'plan-pro']);
});

test('[AI-2] [AI-4] a call goes where its estimate said, reserves no more than its worst case, and costs less', async () => {
  const ours = await found('pro');
  await ours.api.ai.setRoutes({ rules: [{ name: 'mine', when: { promptTokensFrom: 1 }, use: 'sonnet' }] });
  const asked = question({ messages: [{ role: 'user', content: 'Tell me of tenants. '.repeat(200) }] });
  const { model, rule, cost, inputTokens, outputTokens } = await ours.api.ai.countCost(asked);
  const answer = await ours.api.ai.complete(asked);
  expect(answer).toMatchObject({ model, rule });
  expect(rule).toBe('tenant:mine');
  expect(answer.usage.input).toBeLessThanOrEqual(inputTokens.most);
  expect(answer.usage.output).toBeLessThanOrEqual(outputTokens.most);
  const { rows } = await deployment.world.admin.query<{ reserved_pico: string }>(
    'select reserved_pico from app.ai_calls where tenant_id = $1',
    [uuidOf(ours.tenant)],
  );
  const [worst, reserved] = [toPico(cost.worst), BigInt(rows[0]?.reserved_pico ?? 0)];
  expect(toPico(answer.cost)).toBeLessThan(worst);
  // The dearest provider of the model is a tenth dearer than the one that was asked.
  expect([reserved <= worst, worst <= (reserved * 11n) / 10n + 1n]).toEqual([true, true]);
});
