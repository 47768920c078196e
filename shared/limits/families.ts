/**
 * Families of refresh tokens (IDN-3). A browser holds a token of ours; the user pool’s own refresh token stays here,
 * sealed so that only a browser’s token opens it. Every use exchanges the token for its successor. Of several uses at
 * once one is honoured; the others prove that two parties hold the token, and end the family.
 */
import { createHash, randomBytes } from 'node:crypto';
import { sessionLifetimes } from '../config/sessions.ts';
import { formatId, isId, type SessionId, type UserId, uuidOf } from '../contract/ids.ts';
import { decideOn, type Decision } from './document.ts';
import { gateKeys } from './keys.ts';
import { seal, unseal } from './sealed.ts';
import type { NamedSession } from './sessions.ts';

/** What a family belongs to, and the user pool’s refresh token. */
export type Family = { user: UserId; session: NamedSession; refreshToken: string };

/** What came of using a browser’s token. */
export type Used =
  /** `token` is the one to use next. */
  | { outcome: 'rotated'; family: Family; token: string }
  /** It was used before: its family has ended now. */
  | { outcome: 'reused'; family: Family }
  /** Its family had ended before. */
  | { outcome: 'ended'; family: Omit<Family, 'refreshToken'> }
  /** Nobody was ever given this token. */
  | { outcome: 'unknown' };

/** When something happens, and until when an answer is waited for, in epoch milliseconds. */
type Moment = { now: Date; deadlineMs: number };

/**
 * Begins the family of a session.
 * @returns the token for the browser
 * @throws Failure `dependency.unavailable` when it could not be kept
 */
export async function beginFamily({ user, session, refreshToken }: Family, moment: Moment): Promise<string> {
  const token = { session: session.id, secret: random(32), current: random(16) };
  const state: State = {
    user,
    startedMs: session.startedAt.getTime(),
    proof: digest(token.secret),
    current: digest(token.current),
    sealed: seal(refreshToken, token.secret, uuidOf(session.id)),
  };
  // The user pool begins a session once.
  await decide(session.id, moment, (found) => {
    if (found !== undefined) throw new Error('the session has a family of refresh tokens already');
    return { result: undefined, state };
  });
  return written(token);
}

/**
 * Uses a browser’s token.
 * @throws Failure `dependency.unavailable` when the table cannot be reached
 */
export async function useToken(token: string, moment: Moment): Promise<Used> {
  const parts = parse(token);
  if (parts === undefined) return { outcome: 'unknown' };
  const { session, secret, current } = parts;
  const next = { ...parts, current: random(16) };
  return decide<Used>(session, moment, (state) => {
    // Whoever does not know the family’s secret has proved nothing and ends nothing.
    if (state === undefined || state.proof !== digest(secret)) return { result: { outcome: 'unknown' } };
    if (state.sealed === null) return { result: { outcome: 'ended', family: factsOf(session, state) } };
    const family = familyOf(session, state, state.sealed, secret);
    if (state.current !== digest(current)) {
      return { result: { outcome: 'reused', family }, state: { ...state, sealed: null } };
    }
    return {
      result: { outcome: 'rotated', family, token: written(next) },
      state: { ...state, current: digest(next.current) },
    };
  });
}

/**
 * Keeps the user pool’s next refresh token; without one the family keeps the one it has.
 * @param token the browser’s current one
 * @returns false when the family has ended meanwhile
 * @throws Failure `dependency.unavailable` when the table cannot be reached
 */
export async function keepRefreshToken(
  token: string,
  refreshToken: string | undefined,
  moment: Moment,
): Promise<boolean> {
  const parts = parse(token);
  if (parts === undefined) return false;
  const { session, secret } = parts;
  return decide<boolean>(session, moment, (state) => {
    if (!state?.sealed || state.proof !== digest(secret)) return { result: false };
    if (refreshToken === undefined) return { result: true };
    return { result: true, state: { ...state, sealed: seal(refreshToken, secret, uuidOf(session)) } };
  });
}

/**
 * Ends a family by any of its tokens, used or not.
 * @returns what it was; undefined when it had ended before or the token is unknown
 * @throws Failure `dependency.unavailable` when it could not be written
 */
export async function endFamily(token: string, moment: Moment): Promise<Family | undefined> {
  const parts = parse(token);
  if (parts === undefined) return undefined;
  const { session, secret } = parts;
  return decide<Family | undefined>(session, moment, (state) => {
    if (!state?.sealed || state.proof !== digest(secret)) return { result: undefined };
    return {
      result: familyOf(session, state, state.sealed, secret),
      state: { ...state, sealed: null },
    };
  });
}

/** What is kept of a family; `sealed` is null once it has ended. Secrets are kept as digests only. */
type State = { user: UserId; startedMs: number; proof: string; current: string; sealed: string | null };

type Parts = { session: SessionId; secret: string; current: string };

function decide<Result>(
  session: SessionId,
  moment: Moment,
  on: (state: State | undefined) => Decision<State, Result>,
): Promise<Result> {
  return decideOn<State, Result>(gateKeys.family(session), on, {
    ...moment,
    keptSeconds: sessionLifetimes.refresh,
  });
}

function familyOf(id: SessionId, state: State, sealed: string, secret: string): Family {
  return { ...factsOf(id, state), refreshToken: unseal(sealed, secret, uuidOf(id)) };
}

function factsOf(id: SessionId, { user, startedMs }: State): Omit<Family, 'refreshToken'> {
  return { user, session: { id, startedAt: new Date(startedMs) } };
}

/** A browser’s token: whose family, the family’s secret, and what changes with every use. */
function written({ session, secret, current }: Parts): string {
  return [uuidOf(session), secret, current].join('.');
}

function parse(token: string): Parts | undefined {
  const [uuid = '', secret, current, ...rest] = token.split('.');
  const session = formatId('session', uuid);
  if (!isId('session', session) || !secret || !current || rest.length > 0) return undefined;
  return { session, secret, current };
}

function random(bytes: number): string {
  return randomBytes(bytes).toString('base64url');
}

function digest(secret: string): string {
  return createHash('sha256').update(secret).digest('base64url');
}
