/**
 * A browser's way in and out (IDN-3): tokens for the code of the sign-in pages, new ones for the cookie, and the end.
 * The user pool's refresh token never reaches the browser; its cookie is worth one use.
 */
import type { PublicContext } from '../contract/context.ts';
import type { Cookie } from '../contract/cookie.ts';
import { fail } from '../contract/errors.ts';
import { type UserId, uuidOf } from '../contract/ids.ts';
import type { Ops } from '../contract/module.ts';
import type { SecurityEvent } from '../contract/security-event.ts';
import { pool } from '../db/pool.ts';
import { transact } from '../db/transaction.ts';
import { securityEventRow } from '../audit/security-events.ts';
import { type VerifiedCaller, verifyAccessToken } from '../identity/access-token.ts';
import {
  exchangeCode,
  type GivenTokens,
  logoutUrl,
  refreshTokens,
  revokeRefreshToken,
} from '../identity/sign-in-pages.ts';
import { beginFamily, endFamily, type Family, keepRefreshToken, useToken } from '../limits/families.ts';
import { sessionEnded } from '../limits/gate.ts';
import { absoluteEnd, beginSession, readSessions, revokeSession } from '../limits/sessions.ts';
import { codeRefused, type sessionsContract } from './sessions.contract.ts';

type SignInOps = Pick<Ops<typeof sessionsContract>, 'begin' | 'refresh' | 'end'>;

export const signInOps: SignInOps = {
  begin: async (ctx, proof) => {
    const cookie = cookieOf(ctx);
    const given = await exchangeCode(proof);
    if (given === undefined) {
      await record(ctx, { type: 'login_failed', subject: 'code' }, null);
      throw fail(codeRefused);
    }
    try {
      const caller = await verifyAccessToken(given.accessToken);
      const endsAt = endOf(caller);
      const token = await begin(ctx, caller, given, endsAt);
      // Whoever signs in again in this browser leaves the session that it had.
      if (cookie.value !== undefined) await leave(ctx, cookie.value);
      cookie.set(token, secondsUntil(endsAt, ctx));
      await record(ctx, { type: 'login', subject: caller.session.id }, caller.id);
      return toAccess(ctx, caller, given, endsAt);
    } catch (error) {
      await revokeIfGiven(given, ctx);
      throw error;
    }
  },

  refresh: async (ctx) => {
    const cookie = cookieOf(ctx);
    if (cookie.value === undefined) throw ended(cookie);
    const used = await useToken(cookie.value, momentOf(ctx));
    if (used.outcome === 'unknown') throw ended(cookie);
    if (used.outcome !== 'rotated') {
      await endAll(ctx, used);
      throw ended(cookie);
    }
    const { family, token } = used;
    const sessions = await readSessions(family.user, momentOf(ctx));
    const live = sessions.of(family.session);
    if (live === undefined) throw await over(ctx, cookie, token);
    // From here on the old one is used up, and an answer that fails must bring the new one as well.
    cookie.set(token, secondsUntil(live.endsAt, ctx));
    const given = await refreshTokens(family.refreshToken);
    if (given === undefined) throw await over(ctx, cookie, token);
    if (!(await keepRefreshToken(token, given.refreshToken, momentOf(ctx)))) {
      // Somebody presented the old one meanwhile.
      await revokeIfGiven(given, ctx);
      throw ended(cookie);
    }
    const caller = await verifyAccessToken(given.accessToken);
    const endsAt = new Date(
      Math.min(live.endsAt.getTime(), endOf({ ...caller, session: family.session }).getTime()),
    );
    if (caller.session.id !== family.session.id || endsAt <= ctx.now()) throw await over(ctx, cookie, token);
    return toAccess(ctx, caller, given, endsAt);
  },

  end: async (ctx) => {
    const cookie = cookieOf(ctx);
    if (cookie.value !== undefined) await leave(ctx, cookie.value);
    cookie.clear();
    return { logoutUrl: logoutUrl(cookie.origin) };
  },
};

/** Registers the session and begins its family. */
async function begin(
  ctx: PublicContext,
  { id, session }: VerifiedCaller,
  { refreshToken }: GivenTokens,
  endsAt: Date,
): Promise<string> {
  if (refreshToken === undefined) throw new Error('the user pool gave no refresh token');
  const counts = endsAt > ctx.now() && (await beginSession(id, session, { ...momentOf(ctx), endsAt }));
  // The pages still knew somebody who has signed out everywhere since.
  if (!counts) throw sessionEnded();
  return beginFamily({ user: id, session, refreshToken }, momentOf(ctx));
}

/** Ends the session that a cookie belongs to, if it is still one. */
async function leave(ctx: PublicContext, token: string): Promise<void> {
  const family = await endFamily(token, momentOf(ctx));
  if (family === undefined) return;
  await revokeSession(family.user, family.session.id, momentOf(ctx));
  await revokeRefreshToken(family.refreshToken, ctx.log);
}

/** A session that has ended takes its family with it; returns what to throw. */
async function over(ctx: PublicContext, cookie: Cookie, token: string) {
  await leave(ctx, token);
  return ended(cookie);
}

/** A token that came again: its session ends everywhere, and the platform learns of it. */
async function endAll(
  ctx: PublicContext,
  used: { outcome: 'reused' | 'ended'; family: Family | Omit<Family, 'refreshToken'> },
): Promise<void> {
  const { user, session } = used.family;
  // Again for a family that has ended: the first attempt may have stopped half way.
  await revokeSession(user, session.id, momentOf(ctx));
  if (used.outcome === 'ended') return;
  ctx.log.warn('security: refresh token reused', { userId: user, sessionId: session.id });
  if ('refreshToken' in used.family) await revokeRefreshToken(used.family.refreshToken, ctx.log);
  await record(ctx, { type: 'refresh_token_reused', subject: session.id }, user);
}

function ended(cookie: Cookie) {
  cookie.clear();
  return sessionEnded();
}

/** Writes a security event outside any tenant. What it tells of was done already, so its failure is only logged. */
async function record(ctx: PublicContext, event: SecurityEvent, user: UserId | null): Promise<void> {
  const userId = user === null ? null : uuidOf(user);
  const { requestId, source } = ctx;
  const entry = { tenantId: null, userId, requestId, deadlineMs: Date.now() + 2_000 };
  try {
    await transact(pool(), entry, async (tx) =>
      tx.record(securityEventRow(event, { tenantId: null, userId, requestId, source })),
    );
  } catch (error) {
    ctx.log.error('a security event was not written', {
      type: event.type,
      errorName: error instanceof Error ? error.name : 'unknown',
    });
  }
}

async function revokeIfGiven({ refreshToken }: GivenTokens, { log }: PublicContext): Promise<void> {
  if (refreshToken !== undefined) await revokeRefreshToken(refreshToken, log);
}

function endOf({ session, platformRoles }: VerifiedCaller): Date {
  return absoluteEnd(session.startedAt, platformRoles.length > 0);
}

function toAccess(ctx: PublicContext, { session }: VerifiedCaller, given: GivenTokens, endsAt: Date) {
  return {
    accessToken: given.accessToken,
    expiresAt: new Date(ctx.now().getTime() + given.expiresInSeconds * 1000).toISOString(),
    sessionId: session.id,
    endsAt: endsAt.toISOString(),
  };
}

function secondsUntil(at: Date, ctx: PublicContext): number {
  return Math.max(0, Math.floor((at.getTime() - ctx.now().getTime()) / 1000));
}

/** A step of its own: the user pool may have taken its time before. */
function momentOf(ctx: PublicContext): { now: Date; deadlineMs: number } {
  return { now: ctx.now(), deadlineMs: Date.now() + 2_000 };
}

function cookieOf({ cookie }: PublicContext): Cookie {
  if (cookie === undefined) throw new Error('the contract declares no cookie');
  return cookie;
}
