/** What providers' errors mean in our words. None of their text gets through: it may repeat a prompt, or name them. */
import { ModelFailure, type FailureKind } from '../model-failure.ts';
import { AttemptFailed } from './provider.ts';

/** What of an error is looked at, whoever made it. */
export type Complaint = {
  status: number | undefined;
  /** The provider's word for it: `overloaded_error`, `context_length_exceeded`, `ThrottlingException`. */
  type: string | undefined;
  /** Read for signs, never passed on. */
  message: string;
  header: (name: string) => string | undefined;
};

/** The failure that an error answer stands for. */
export function refusedBy({ status, type, message, header }: Complaint): AttemptFailed {
  const kind = kindOf(status, type, message);
  const providerRequestId = header('request-id') ?? header('x-request-id') ?? header('x-amzn-requestid');
  const failure = new ModelFailure(kind, {
    retryAfterMs: retryAfterMs(header),
    facts: {
      ...(status === undefined ? {} : { status }),
      ...(type === undefined ? {} : { type: type.slice(0, 60) }),
      ...(providerRequestId === undefined ? {} : { providerRequestId }),
    },
  });
  // A server that broke in the middle may have begun to answer; one that says no has not.
  const began = status === undefined || status === 500 || status === 502 || status === 504 || status === 408;
  return new AttemptFailed(failure, began ? 'unknown' : 'nothing');
}

const neverConnected = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'CONNECT_TIMEOUT',
]);

/** The failure that an error without an answer stands for: a connection that was not made, or that broke. */
export function unreachable(error: unknown): AttemptFailed {
  const code = codeIn(error);
  const spent = code !== undefined && neverConnected.has(code) ? 'nothing' : 'unknown';
  return new AttemptFailed(
    new ModelFailure('unavailable', { facts: code === undefined ? {} : { type: code } }),
    spent,
  );
}

/** An answer that ended before it was complete. */
export function brokenOff(): AttemptFailed {
  return new AttemptFailed(new ModelFailure('unavailable', { facts: { type: 'broken_off' } }), 'unknown');
}

/** A request that the provider has no words for; nothing was sent. */
export function inexpressible(): AttemptFailed {
  return new AttemptFailed(new ModelFailure('invalid'), 'nothing');
}

const tooLong = /too long|context.{0,10}(length|window|limit)|too many (input )?tokens|request_too_large/i;
const refusal = /content.?(policy|filter)|safety|refus|guardrail/i;
const throttled = /throttl|rate.?limit|too many requests|quota/i;

function kindOf(status: number | undefined, type = '', message: string): FailureKind {
  if (status === 429 || throttled.test(type)) return 'rate_limited';
  if (status === 413) return 'too_long';
  if (status === 400 || status === 422) {
    if (tooLong.test(type) || tooLong.test(message)) return 'too_long';
    if (refusal.test(type) || /content (management )?policy|safety system/i.test(message)) return 'refused';
    // What an account lacks is not the caller's fault.
    if (/billing|credit|balance/i.test(type) || /credit balance/i.test(message)) return 'unavailable';
    return 'invalid';
  }
  return 'unavailable';
}

/** Seconds or a date, or OpenAI's and Anthropic's milliseconds. */
function retryAfterMs(header: Complaint['header']): number | undefined {
  const exact = Number(header('retry-after-ms'));
  if (exact > 0) return exact;
  const said = header('retry-after');
  if (said === undefined) return undefined;
  const seconds = Number(said);
  const ms = Number.isNaN(seconds) ? Date.parse(said) - Date.now() : seconds * 1_000;
  return ms >= 0 ? ms : undefined;
}

/** Of the error, or of what is behind it; errors of another realm are no `Error` here. */
function codeIn(error: unknown): string | undefined {
  let at: unknown = error;
  for (let depth = 0; typeof at === 'object' && at !== null && depth < 5; depth += 1) {
    const { code, cause } = at as { code?: unknown; cause?: unknown };
    if (typeof code === 'string') return code;
    at = cause;
  }
  return undefined;
}
