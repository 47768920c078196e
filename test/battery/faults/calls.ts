/** The calls that are made while something is broken, and what may be answered to them. */
import { randomUUID } from 'node:crypto';
import type { Member, Team } from '#test/support/whole-stack.ts';

/** An answer as a client sees it; `ms` from sending to the last byte. */
export type Answer = {
  status: number;
  code: string | undefined;
  contentType: string;
  retryAfter: string | undefined;
  ms: number;
};

/** A call, named for the report, and what it answers when nothing is broken. */
export type Call = { name: string; usual: number; path: string; init: RequestInit };

/** A write whose effect is looked for afterwards: one invitation, to an address that nobody else has. */
export type Write = { team: Team; email: string; key: string; statuses: number[] };

/** Longer than anything that may be answered, so that a late answer is measured and not cut off. */
const patienceMs = 20_000;

/** What every fault is shown: a read, a write, a call that the caller may not make, and a forged token. */
export function callsOf(team: Team, write: Write): Call[] {
  const [owner, viewer] = team.members;
  if (owner === undefined || viewer === undefined) throw new Error('a team has an owner and a viewer');
  const forged = { ...owner, token: `${owner.token.slice(0, -8)}AAAAAAAA` };
  return [
    { name: 'read', usual: 200, path: '/v1/tenant', init: { headers: headersOf(owner) } },
    inviteCall(write),
    {
      name: 'forbidden write',
      usual: 403,
      path: '/v1/tenant',
      init: { method: 'PATCH', headers: headersOf(viewer), body: JSON.stringify({ name: 'Taken over' }) },
    },
    { name: 'forged token', usual: 401, path: '/v1/tenant', init: { headers: headersOf(forged) } },
  ];
}

/** A write that was not made yet. */
export function newWrite(team: Team): Write {
  return { team, email: `guest-${randomUUID()}@battery.example`, key: randomUUID(), statuses: [] };
}

/** The call of a write; repeated, it is the same call. */
export function inviteCall({ team, email, key }: Write): Call {
  const [owner] = team.members;
  if (owner === undefined) throw new Error('a team has an owner');
  return {
    name: 'write',
    usual: 201,
    path: '/v1/invitations',
    init: {
      method: 'POST',
      headers: { ...headersOf(owner), 'idempotency-key': key },
      body: JSON.stringify({ email, role: 'viewer' }),
    },
  };
}

/** Makes a call; an answer that never comes has status 0. */
export async function make(url: string, { path, init }: Call): Promise<Answer> {
  const startedMs = performance.now();
  try {
    const answer = await fetch(url + path, { ...init, signal: AbortSignal.timeout(patienceMs) });
    const text = await answer.text();
    return {
      status: answer.status,
      code: codeOf(text),
      contentType: answer.headers.get('content-type') ?? '',
      retryAfter: answer.headers.get('retry-after') ?? undefined,
      ms: performance.now() - startedMs,
    };
  } catch {
    const ms = performance.now() - startedMs;
    return { status: 0, code: undefined, contentType: '', retryAfter: undefined, ms };
  }
}

/**
 * What is wrong with an answer, if anything.
 * @param expected `usual` where the fault must not be noticed, `unavailable` where nothing may work, `either`
 *   where what is answered depends on the moment
 */
export function complaintOf(
  call: Call,
  answer: Answer,
  expected: 'usual' | 'unavailable' | 'either',
): string | undefined {
  const { status, code, contentType, retryAfter } = answer;
  const seen = `${call.name} answered ${status} ${code ?? ''} after ${Math.round(answer.ms)} ms`;
  const isProblem = contentType.startsWith('application/problem+json');
  if (status === 503) {
    if (expected === 'usual') return seen;
    const documented = isProblem && code === 'dependency.unavailable' && retryAfter !== undefined;
    return documented ? undefined : `${seen}, ${contentType}, retry-after ${retryAfter ?? 'missing'}`;
  }
  if (status !== call.usual) return seen;
  // A refusal that needs nothing that is broken stays a refusal.
  return expected === 'unavailable' && status < 400 ? `${seen}, though nothing could be done` : undefined;
}

function headersOf({ token, tenantId }: Member): Record<string, string> {
  return {
    authorization: `Bearer ${token}`,
    'x-tenant-id': `ten_${tenantId}`,
    'content-type': 'application/json',
  };
}

function codeOf(text: string): string | undefined {
  try {
    return (JSON.parse(text) as { code?: string }).code;
  } catch {
    return undefined;
  }
}
