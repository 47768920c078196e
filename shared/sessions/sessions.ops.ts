/** What people do with their own sessions and devices (IDN-4, IDN-5), and how a browser signs in (IDN-3). */
import { sessionLifetimes } from '../config/sessions.ts';
import type { Transaction, UserContext } from '../contract/context.ts';
import { fail, problems } from '../contract/errors.ts';
import { formatId, uuidOf } from '../contract/ids.ts';
import type { Ops } from '../contract/module.ts';
import { sql } from '../db/sql.ts';
import { sessionRows } from '../identity/session-rows.ts';
import { endImpersonation } from '../limits/impersonations.ts';
import {
  type LiveSession,
  readSessions,
  revokeAll,
  revokeOthers,
  revokeSession,
  type Sessions,
} from '../limits/sessions.ts';
import type { sessionsContract } from './sessions.contract.ts';
import {
  type ActingRow,
  type DeviceRow,
  type SessionRow,
  toActingSession,
  toDevice,
  toSession,
} from './sessions.rows.ts';
import { signInOps } from './sign-in.ops.ts';

export const sessionsOps: Ops<typeof sessionsContract> = {
  ...signInOps,

  list: async (ctx) => {
    await recordItself(ctx);
    const alive = await liveRows(ctx, await readSessions(ctx.user.id, momentOf(ctx)));
    const acting = await ctx.tx.query<ActingRow>(sql`select * from app.impersonations_of_caller()`);
    return {
      items: [
        ...acting.filter(({ ends_at }) => ends_at > ctx.now()).map(toActingSession),
        ...alive.map(({ row, live }) => toSession(row, live, ctx.session?.id)),
      ],
    };
  },

  revoke: async (ctx, { sessionId }) => {
    const id = uuidOf(sessionId);
    const found = await ctx.tx.maybeOne<{ ended_at: Date | null }>(
      sql`select ended_at from app.sessions where id = ${id} for update`,
    );
    if (found === undefined) {
      if (await endActing(ctx, id)) return;
      throw fail(problems.notFound);
    }
    if (found.ended_at === null) {
      await ctx.tx.query(sql`update app.sessions set ended_at = now() where id = ${id}`);
      ctx.securityEvent('session_revoked', { subject: sessionId });
    }
    // Also when it had ended: the store may not have heard of it then.
    await revokeSession(ctx.user.id, sessionId, momentOf(ctx));
  },

  revokeAll: async (ctx, { keepCurrent }) => {
    const recent = sql`ended_at is null and started_at > ${oldestAlive(ctx)}`;
    // In one order, so that two sessions which end each other wait and do not lock up.
    await ctx.tx.query(sql`select from app.sessions where ${recent} order by id for update`);
    await recordItself(ctx);
    const kept = keepCurrent ? ctx.session?.id : undefined;
    const ended = await ctx.tx.query(sql`
      update app.sessions set ended_at = now()
      where ${recent} and id is distinct from ${kept === undefined ? null : uuidOf(kept)}::uuid
      returning id`);
    if (ended.length > 0) {
      const subject = kept === undefined ? 'all' : 'all but one';
      ctx.securityEvent('session_revoked', { subject, detail: { sessions: ended.length } });
    }
    await endActing(ctx, null);
    if (kept === undefined) await revokeAll(ctx.user.id, momentOf(ctx));
    else await revokeOthers(ctx.user.id, kept, momentOf(ctx));
  },

  devices: async (ctx) => {
    const alive = await liveRows(ctx, await readSessions(ctx.user.id, momentOf(ctx)));
    const on = Map.groupBy(alive, ({ row }) => row.device_id);
    const devices = await ctx.tx.query<DeviceRow>(sql`
      select id, name, os, app_version, ip, first_seen_at, last_seen_at
      from app.devices where revoked_at is null order by last_seen_at desc, id`);
    return {
      items: devices.map((row) =>
        toDevice(
          row,
          (on.get(row.id) ?? []).map(({ live }) => live),
        ),
      ),
    };
  },

  revokeDevice: async (ctx, { deviceId }) => {
    const device = uuidOf(deviceId);
    const found = await ctx.tx.maybeOne<{ revoked_at: Date | null }>(
      sql`select revoked_at from app.devices where id = ${device} for update`,
    );
    if (found === undefined) throw fail(problems.notFound);
    const ended = await ctx.tx.query<{ id: string }>(sql`
      update app.sessions set ended_at = coalesce(ended_at, now())
      where device_id = ${device} and started_at > ${oldestAlive(ctx)} returning id`);
    if (found.revoked_at === null) {
      await ctx.tx.query(sql`update app.devices set revoked_at = now() where id = ${device}`);
      ctx.securityEvent('session_revoked', { subject: deviceId, detail: { sessions: ended.length } });
    }
    for (const { id } of ended) await revokeSession(ctx.user.id, formatId('session', id), momentOf(ctx));
  },
};

/** Ends what support does for the caller, all of it or the one that is named; whether there was any. */
async function endActing(ctx: UserContext, wanted: string | null): Promise<boolean> {
  const ended = await ctx.tx.query<{ id: string; staff_id: string }>(
    sql`select id, staff_id from app.end_impersonations_of_caller(${wanted}::uuid)`,
  );
  for (const { id, staff_id } of ended) {
    const subject = formatId('impersonation', id);
    await endImpersonation(formatId('user', staff_id), subject, momentOf(ctx));
    ctx.securityEvent('impersonation_ended', { subject, detail: { by: 'member' } });
  }
  return ended.length > 0;
}

/** An instance's first request of a session writes its row only with the commit, where it is wanted before. */
async function recordItself({ user, session, source, tx }: UserContext): Promise<void> {
  if (session === undefined) return;
  for (const statement of sessionRows({ user: user.id, session, source })) await tx.query(statement);
}

/** The caller's sessions that are alive, the latest first. */
async function liveRows(
  ctx: UserContext & { tx: Transaction },
  sessions: Sessions,
): Promise<{ row: SessionRow; live: LiveSession }[]> {
  const rows = await ctx.tx.query<SessionRow>(sql`
    select id, device_id, client, last_ip, started_at
    from app.sessions where started_at > ${oldestAlive(ctx)} order by started_at desc, id`);
  return rows.flatMap((row) => {
    const live = sessions.of({ id: formatId('session', row.id), startedAt: row.started_at });
    return live === undefined ? [] : [{ row, live }];
  });
}

/** No session that began before is alive. */
function oldestAlive(ctx: UserContext): Date {
  return new Date(ctx.now().getTime() - sessionLifetimes.absolute * 1000);
}

/** Within what the caller waits for anyway; the statements before it took their part. */
function momentOf(ctx: UserContext): { now: Date; deadlineMs: number } {
  return { now: ctx.now(), deadlineMs: Date.now() + 1_000 };
}
