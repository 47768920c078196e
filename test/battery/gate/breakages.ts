/** Instances with one protection taken out. The battery has to notice each of them, or it would not notice a mistake. */
import type { Breakage } from '#test/support/instance.ts';
import type { Report } from '../figures.ts';
import { decisions, tryDecision } from './next-request.ts';
import type { Caller, Stage } from './stage.ts';

/** What is taken out, and the decisions that show it. */
type Weakened = Breakage & { name: string; shownBy: readonly string[] };

const breakages: readonly Weakened[] = [
  {
    name: 'a newer version of the tenant is ignored',
    file: 'limits/parties.ts',
    from: '    version: tenant.version,\n',
    to: '',
    shownBy: ['a tenant is suspended', 'a member is removed', 'a role is lowered', 'a limit is lowered'],
  },
  {
    name: 'a newer version of a key is ignored',
    file: 'limits/parties.ts',
    from: '    version,\n',
    to: '',
    shownBy: ['an API key is revoked'],
  },
  {
    name: 'a newer version of the platform is ignored',
    file: 'middleware/current-platform.ts',
    from: 'state.version >= published',
    to: 'state.version >= 0',
    shownBy: ['the platform pulls a kill switch'],
  },
  {
    name: 'a revoked session goes on',
    file: 'limits/take.ts',
    from: '${n(idle)} <= ${v(nowSeconds)}',
    to: '${n(idle)} <= ${v(-1)}',
    shownBy: ['a session is revoked'],
  },
  {
    name: 'signing out everywhere is forgotten',
    file: 'limits/take.ts',
    from: '${n(notBefore)} >= ${v(session.startedAt)}',
    to: '${n(notBefore)} >= ${v(9999999999)}',
    shownBy: ['somebody signs out everywhere'],
  },
  {
    name: 'support that was ended goes on',
    file: 'limits/take.ts',
    from: 'update.when((n, v) => `${n(impersonationAttribute(impersonation))} > ${v(nowSeconds)}`)',
    to: 'update.unless((n, v) => `${n(impersonationAttribute(impersonation))} > ${v(9999999999)}`)',
    shownBy: ['the tenant ends what support does for a member'],
  },
];

export async function noticeBreakages(report: Report, stage: Stage): Promise<void> {
  const unnoticed: string[] = [];
  let tried = 0;
  for (const breakage of breakages) {
    report.progress(`broken on purpose: ${breakage.name}`);
    const instance = await stage.broken(breakage);
    for (const shown of decisions.filter(({ name }) => breakage.shownBy.includes(name))) {
      tried += 1;
      const { late } = await tryDecision(stage, instance, shown);
      if (late.length === 0) unnoticed.push(`${breakage.name}: ${shown.name}`);
    }
    await instance.stop();
  }
  tried += 1;
  if (!(await admitsTooMany(stage))) unnoticed.push('the tenant’s limits are not conditions');
  report.none('broken instances unnoticed', unnoticed.length, tried, unnoticed);
}

/** Whether an instance that looks before it counts, instead of both at once, lets too many in. */
async function admitsTooMany(stage: Stage): Promise<boolean> {
  const instance = await stage.broken({
    file: 'limits/take.ts',
    from: '${n(attribute)} >= ${v(limit)}`);\n      continue;',
    to: '${n(attribute)} >= ${v(limit + 1000)}`);\n      continue;',
  });
  const [who] = (await stage.newTenant()) as [Caller];
  const path = '/v1/platform/tenants/{tenantId}/overrides';
  await stage.decide('PATCH', path, who.tenant, { usage: { api_calls: { hour: 5 } } });
  const answers = await Promise.all(Array.from({ length: 20 }, () => stage.look(instance, who)));
  await instance.stop();
  return answers.filter(({ status }) => status === 200).length > 5;
}
