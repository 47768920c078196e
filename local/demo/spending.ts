/** What a company does with models in its month: calls, budgets, prompts, and what the trail says of them. */
import { prompts } from '#shared/config/prompts.ts';
import { daysBefore, windowsAt } from './clock.ts';
import { type Context, monthDays } from './context.ts';
import { budgetWith, type Call, callsAt, costIn, type Scope, tenantScope } from './models.ts';
import { addRows } from './tables.ts';
import { type Act, workingMoments } from './trail.ts';

/** Calls, the scopes beside the tenant that have a budget, and what was done about them. */
export type Spending = { calls: Call[]; scopes: Scope[]; acts: Act[] };

/** Adds calls of models, budgets and prompts. */
export function addModels({ company, chance, at, tenantId, first, acting, tables }: Context): Spending {
  const { timeZone, pace, budgetSpent } = company;
  if (pace.aiCallsADay === 0) return { calls: [], scopes: [], acts: [] };
  const working = workingMoments(chance, { until: at, days: monthDays, timeZone, perDay: pace.aiCallsADay });
  // On the first of a month there would be nothing to show of it.
  const today = [0.5, 4, 9, 17].map((minutes) => new Date(at.getTime() - minutes * 60_000));
  const [key] = tables.get('api_keys') ?? [];
  const callers = { people: [first.id, ...acting.map(({ id }) => id)] as [string, ...string[]] };
  const calls = callsAt(chance, tenantId, [...working, ...today], {
    ...callers,
    apiKeyId: key?.id as string | undefined,
  });
  addRows(tables, 'ai_calls', calls);
  addRows(tables, 'ai_tenants', [{ tenant_id: tenantId, budgets_version: 0, active_at: at.toISOString() }]);

  const { month: thisMonth } = windowsAt(timeZone, at);
  const spentBy = (scope: Scope) =>
    costIn(calls, scope, (call) => windowsAt(timeZone, new Date(call.started_at)).month === thisMonth);
  const drafts: Scope = { scope: 'feature', subject: 'content' };
  const budgets = [
    { ...tenantScope, limit: budgetWith(spentBy(tenantScope), budgetSpent), policy: 'block' },
    { ...drafts, limit: budgetWith(spentBy(drafts), Math.max(20, budgetSpent - 15)), policy: 'overage' },
  ];
  const setAt = chance.ago(at, 20);
  addRows(
    tables,
    'ai_budgets',
    budgets.map(({ scope, subject, limit, policy }) => ({
      ...{ tenant_id: tenantId, scope, subject, period: 'month', limit_pico: String(limit), policy },
      updated_at: setAt.toISOString(),
    })),
  );
  if (budgetSpent >= 80) {
    const alert = { ...tenantScope, period: 'month', period_name: thisMonth, percent: 80 };
    addRows(tables, 'ai_budget_alerts', [
      { tenant_id: tenantId, ...alert, alerted_at: daysBefore(at, 1).toISOString() },
    ]);
  }
  const acts = addPrompts({ chance, at, tenantId, first, tables });
  const target = ['aiBudget', 'tenant month'] as const;
  return {
    calls,
    scopes: [drafts],
    acts: [...acts, { at: setAt, by: first, action: 'ai.budget_set', target }],
  };
}

/** Two prompts of the tenant’s own, one of them written three times. */
function addPrompts({
  chance,
  at,
  tenantId,
  first,
  tables,
}: Pick<Context, 'chance' | 'at' | 'tenantId' | 'first' | 'tables'>): Act[] {
  const written = versions.map(([key, version, days, note, more]) => ({
    ...{ key, version, note, more },
    writtenAt: chance.ago(at, days),
  }));
  const rows = written.map(({ key, version, note, more, writtenAt }) => ({
    ...{ tenant_id: tenantId, key, version, note, template: `${prompts[key].template}\n${more}` },
    ...{ author_type: 'person', author: first.id, created_at: writtenAt.toISOString() },
  }));
  addRows(tables, 'prompt_versions', rows);
  const inForce = [
    ['content.draft', 3],
    ['content.summary', 1],
  ] as const;
  addRows(
    tables,
    'prompts',
    inForce.map(([key, version]) => ({
      tenant_id: tenantId,
      key,
      version,
      updated_at: daysBefore(at, 7).toISOString(),
    })),
  );
  return written.map(({ key, version, writtenAt }) => ({
    ...{ at: writtenAt, by: first, action: 'ai.prompt_changed', target: ['prompt', key] as const },
    after: { version },
  }));
}

/** What was written: prompt, version, days before, why, and what it says beyond the platform’s own. */
const versions = [
  ['content.draft', 1, 24, 'Our own voice', 'Write in short, warm sentences.'],
  ['content.draft', 2, 16, 'Fewer exclamation marks', 'Write in short, warm sentences, and never shout.'],
  [
    'content.draft',
    3,
    7,
    'Say what the reader should do',
    'End with one sentence that says what to do next.',
  ],
  ['content.summary', 1, 19, 'Bullets for the morning meeting', 'Answer with at most five bullets.'],
] as const;
