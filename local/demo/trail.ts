/** What happened in a company's month: the audit trail, and what security noticed. */
import type { Chance } from './random.ts';
import { daysBefore, isWorkingTime } from './clock.ts';
import type { Row } from './tables.ts';

/** Somebody who acts, with what their requests come from. */
export type Actor = { id: string; role: string; ip: string; agent: string };

/** One thing that was done, as the trail tells it. */
export type Act = {
  at: Date;
  by: Actor | { platform: string } | 'system';
  action: string;
  target?: readonly [type: string, id: string];
  reason?: string;
  before?: object;
  after?: object;
};

/** Moments of the last days at which people were at work, oldest first. */
export function workingMoments(
  chance: Chance,
  { until, days, timeZone, perDay }: { until: Date; days: number; timeZone: string; perDay: number },
): Date[] {
  const moments: Date[] = [];
  for (let day = days; day >= 0; day -= 1) {
    // Most moments of a day fall outside of work, and are passed over.
    const wanted = Math.round(perDay * (0.6 + chance.next() * 0.8) * 2.4);
    for (let count = 0; count < wanted; count += 1) {
      const at = new Date(daysBefore(until, day).getTime() - chance.between(0, 24 * 60 * 60 - 1) * 1_000);
      // Hardly anybody at night and on days of rest.
      if (isWorkingTime(timeZone, at) || chance.happens(6)) moments.push(at);
    }
  }
  return moments.sort((left, right) => left.getTime() - right.getTime());
}

/** The rows of the trail. */
export function auditRows(chance: Chance, tenantId: string, acts: readonly Act[]): Row[] {
  return acts.map(({ at, by, action, target, reason, before, after }) => {
    const isPerson = by !== 'system' && 'ip' in by;
    return {
      tenant_id: tenantId,
      id: chance.id(at),
      occurred_at: at.toISOString(),
      plane: by === 'system' ? 'system' : isPerson ? 'tenant' : 'platform',
      actor_type: 'person',
      actor_id: by === 'system' ? null : isPerson ? by.id : by.platform,
      action,
      target_type: target?.[0] ?? null,
      target_id: target?.[1] ?? null,
      ip: isPerson ? by.ip : null,
      user_agent: isPerson ? by.agent : null,
      request_id: chance.id(at),
      reason: reason ?? null,
      before: before ?? null,
      after: after ?? null,
    };
  });
}

/** Sign-ins and what goes wrong around them: a few failures, a refusal here and there, a limit that was reached. */
export function securityRows(
  chance: Chance,
  { tenantId, people, moments }: { tenantId: string; people: readonly [Actor, ...Actor[]]; moments: Date[] },
): Row[] {
  return moments.map((at) => {
    const who = chance.pick(people);
    const type = chance.weighted([
      ['login', 74],
      ['login_failed', 9],
      ['permission_denied', 7],
      ['session_revoked', 5],
      ['limit_exceeded', 3],
      ['cross_tenant_attempt', 1],
    ] as const);
    return {
      id: chance.id(at),
      tenant_id: tenantId,
      user_id: who.id,
      occurred_at: at.toISOString(),
      type,
      subject: subjects[type](chance, who, at),
      detail: {},
      ip: type === 'login_failed' || type === 'cross_tenant_attempt' ? strangersAddress : who.ip,
      user_agent: who.agent,
      request_id: chance.id(at),
    };
  });
}

const strangersAddress = '192.0.2.77';

type Subject = (chance: Chance, who: Actor, at: Date) => string;

const subjects = {
  login: (chance, _who, at) => `ses_${chance.id(at)}`,
  login_failed: (_chance, who) => `usr_${who.id}`,
  permission_denied: (chance) =>
    chance.pick(['keys:write', 'members:invite', 'settings:write', 'audit:read']),
  session_revoked: (chance, _who, at) => `ses_${chance.id(at)}`,
  limit_exceeded: (chance) => chance.pick(['user', 'api_calls-hour']),
  cross_tenant_attempt: (chance, _who, at) => `ten_${chance.id(at)}`,
} as const satisfies Record<string, Subject>;
