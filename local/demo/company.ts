/** All rows of one company’s month. */
import { addInvitations, addKeys } from './access.ts';
import { usageLimits } from '#shared/config/plans.ts';
import { daysBefore, windowsAt } from './clock.ts';
import type { Company } from './companies.ts';
import { type Context, type Known, monthDays } from './context.ts';
import { addExports } from './exports.ts';
import type { Call, Scope } from './models.ts';
import { type Chance, chanceOf } from './random.ts';
import { addModels } from './spending.ts';
import { addRows, type Tables } from './tables.ts';
import { type Act, type Actor, auditRows, securityRows, workingMoments } from './trail.ts';

export type Month = { tables: Tables; calls: Call[]; scopes: Scope[]; timeZone: string };

/** The month before that moment; the same each time it is asked for. */
export function monthOf(company: Company, known: Known, at: Date): Month {
  const chance = chanceOf(`${company.slug} ${at.toISOString()}`);
  const foundedAt = daysBefore(at, company.ageDays);
  const tenantId = known.tenantId ?? chance.id(foundedAt);
  const tables: Tables = new Map();
  const people = company.people.map((person) => ({ ...person, ...actor(chance, person.role, foundedAt) }));
  const demoOwner: Actor = { ...actor(chance, company.demoOwner ?? 'owner', foundedAt), id: known.owner };
  const first = people.find(({ role }) => role === 'owner') ?? demoOwner;
  const acting: [Actor, ...Actor[]] = [
    first,
    ...people.filter(({ role }) => role === 'admin' || role === 'operator'),
    ...(company.demoOwner === undefined && known.tenantId === undefined ? [] : [demoOwner]),
  ];
  const context: Context = { company, chance, at, foundedAt, tenantId, first, acting, tables, known };

  if (known.tenantId === undefined) addTenant(context);
  addPeople(context, people);
  const acts = [...addInvitations(context), ...addKeys(context), ...decisions(context)];
  const money = addModels(context);
  acts.push(...addExports(context, exportsOf(company)));
  addUsageAlerts(context);
  if (known.tenantId !== undefined) addDevices(context);
  addTrail(context, [...acts, ...money.acts]);
  return { tables, calls: money.calls, scopes: money.scopes, timeZone: company.timeZone };
}

const agents = [
  'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/147.0.0.0 Safari/537.36',
  'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/26.0 Safari/605.1.15',
  'Mozilla/5.0 (X11; Linux x86_64; rv:150.0) Gecko/20100101 Firefox/150.0',
] as const;

function actor(chance: Chance, role: string, since: Date): Actor {
  return {
    ...{ id: chance.id(since), role, agent: chance.pick(agents) },
    ip: `203.0.113.${chance.between(2, 250)}`,
  };
}

function addTenant({ company, foundedAt, tenantId, tables }: Context): void {
  const { slug, name, plan, status, timeZone } = company;
  const times = { created_at: foundedAt.toISOString(), updated_at: foundedAt.toISOString() };
  addRows(tables, 'tenants', [
    { id: tenantId, slug, name, region: 'us', plan, status, isolation: 'pool', version: 0, ...times },
  ]);
  const settings = { environment: {}, flags: {}, switched_off: [], updated_at: foundedAt.toISOString() };
  addRows(tables, 'tenant_settings', [{ tenant_id: tenantId, time_zone: timeZone, ...settings }]);
}

function addPeople(
  { company, chance, tenantId, foundedAt, tables, known }: Context,
  people: readonly (Actor & { name: string; email: string })[],
): void {
  const joined = people.map((person, index) => ({
    ...person,
    since: new Date(foundedAt.getTime() + index * chance.between(1, 9) * 24 * 60 * 60_000).toISOString(),
  }));
  addRows(
    tables,
    'users',
    joined.map(({ id, name, email, since }) => ({ id, name, email, created_at: since, updated_at: since })),
  );
  const roles = [
    ...joined.map(({ id, role, since }) => ({ id, role, since })),
    ...(company.demoOwner === undefined
      ? []
      : [{ id: known.owner, role: company.demoOwner, since: foundedAt.toISOString() }]),
  ];
  addRows(
    tables,
    'memberships',
    roles.map(({ id, role, since }) => ({
      ...{ tenant_id: tenantId, user_id: id, role, created_at: since, updated_at: since },
    })),
  );
}

/** What owners and the platform’s staff decided in that month. */
function decisions({ company, chance, at, tenantId, first, acting, known }: Context): Act[] {
  if (company.status === 'suspended') {
    const target = ['tenant', `ten_${tenantId}`] as const;
    const why = {
      reason: 'Invoices of two months are open',
      before: { status: 'active' },
      after: { status: 'suspended' },
    };
    return [
      { at: chance.ago(at, 3), by: { platform: known.staff }, action: 'tenant.suspended', target, ...why },
    ];
  }
  const [, second = first] = acting;
  const stopped = chance.ago(at, 8);
  const turned = (isOn: boolean) => ({ switchedOff: { ai: isOn } });
  const set = { action: 'settings.changed', target: ['tenant', `ten_${tenantId}`] } as const;
  return [
    { at: stopped, by: first, ...set, before: turned(false), after: turned(true) },
    {
      at: new Date(stopped.getTime() + 47 * 60_000),
      by: first,
      ...set,
      before: turned(true),
      after: turned(false),
    },
    {
      ...{ at: chance.ago(at, 15), by: first, action: 'member.role_changed' },
      ...{ target: ['user', `usr_${second.id}`], before: { role: 'viewer' }, after: { role: second.role } },
    },
  ];
}

/** How many exports the company has made this month. */
export function exportsOf({ plan, usage }: Company): number {
  return Math.floor(((usageLimits[plan].exports.month ?? 0) * usage.exports) / 100);
}

/** Owners were told of what is nearly, or wholly, used up. */
function addUsageAlerts({ company, at, tenantId, tables }: Context): void {
  const { plan, timeZone, usage } = company;
  const limit = usageLimits[plan].exports.month ?? 0;
  const { month } = windowsAt(timeZone, at);
  const rows = ([80, 100] as const)
    .filter((threshold) => usage.exports >= threshold)
    .map((threshold) => ({
      ...{ tenant_id: tenantId, meter: 'exports', period: month, threshold, usage_limit: limit },
      used: (limit * threshold) / 100,
      told_at: daysBefore(at, threshold === 100 ? 0.5 : 2).toISOString(),
    }));
  addRows(tables, 'usage_alerts', rows);
}

/** What the demo’s own owner has signed in on. */
function addDevices({ chance, at, foundedAt, tables, known }: Context): void {
  const seen = [
    ['Chrome on Windows', 'Windows', 0.1],
    ['Safari on iOS', 'iOS', 2],
    ['Plinth on Linux', 'Linux', 5],
  ] as const;
  const rows = seen.map(([name, os, days]) => ({
    ...{ user_id: known.owner, id: chance.id(foundedAt), name, os, app_version: null },
    ip: `203.0.113.${chance.between(2, 250)}`,
    first_seen_at: chance.ago(at, 29).toISOString(),
    last_seen_at: daysBefore(at, days).toISOString(),
  }));
  addRows(tables, 'devices', rows);
}

function addTrail({ company, chance, at, tenantId, acting, tables }: Context, acts: readonly Act[]): void {
  const { timeZone, pace } = company;
  const moments = workingMoments(chance, { until: at, days: monthDays, timeZone, perDay: pace.actsADay });
  const daily = moments.map((moment): Act => {
    const name = chance.pick(['REPORT_FOOTER', 'OPENING_HOURS', 'SUPPORT_MAIL', 'DEFAULT_CURRENCY']);
    const by = chance.pick(acting);
    return chance.happens(70)
      ? {
          at: moment,
          by,
          action: 'settings.changed',
          target: ['tenant', `ten_${tenantId}`],
          after: { environment: { [name]: 'changed' } },
        }
      : {
          at: moment,
          by,
          action: 'ai.preferences_changed',
          after: { tone: chance.pick(['professional', 'casual']) },
        };
  });
  addRows(tables, 'audit_events', auditRows(chance, tenantId, [...acts, ...daily]));
  const signIns = workingMoments(chance, {
    until: at,
    days: monthDays,
    timeZone,
    perDay: pace.actsADay * 1.5,
  });
  addRows(tables, 'security_events', securityRows(chance, { tenantId, people: acting, moments: signIns }));
}
