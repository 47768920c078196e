/**
 * Tells an error tracker of what nobody expected (OPS-2, VAL-3), in the envelopes that Sentry and its likes understand.
 * Written by hand, because an SDK would be compiled by every cold start for these few lines. What leaves is where it
 * happened and to whom: ids, tier, names and places in the code. Never the message of an error, which may quote data,
 * and never a body, a header or an address. Without a DSN nothing is sent.
 */
import { randomUUID } from 'node:crypto';
import { settings } from '../config/environment.ts';
import { logFor } from './telemetry.ts';

/** Where an error belongs to: ids, and what was being done. */
export type ErrorContext = {
  /** The operation, job or step: `members.invite`. */
  operation: string | undefined;
  requestId?: string | undefined;
  tenantId?: string | null | undefined;
  /** The tenant's plan. */
  tier?: string | undefined;
};

/** Whoever waits for an answer waits this long at most. */
const patienceMs = 1_000;
/** A tracker that does not answer is left alone for as long. */
const restMs = 60_000;
const mostFrames = 20;

let restUntilMs = 0;

/** Sends the error, where a tracker is configured. It never fails: a tracker that does not answer is noted in the log. */
export async function trackError(error: unknown, context: ErrorContext): Promise<void> {
  const dsn = settings.errorTracking();
  if (dsn === undefined || Date.now() < restUntilMs) return;
  try {
    const { url, key } = addressOf(dsn);
    const answer = await fetch(url, {
      method: 'POST',
      headers: {
        'content-type': 'application/x-sentry-envelope',
        'x-sentry-auth': `Sentry sentry_version=7, sentry_client=plinth/1, sentry_key=${key}`,
      },
      body: envelopeOf(error, context),
      signal: AbortSignal.timeout(patienceMs),
    });
    await answer.body?.cancel();
    if (!answer.ok) throw new Error(`answered ${answer.status}`);
  } catch (cause) {
    restUntilMs = Date.now() + restMs;
    logFor({ operation: context.operation }).warn('the error tracker was not told', {
      errorName: cause instanceof Error ? cause.name : typeof cause,
    });
  }
}

/** `https://<key>@<host>/<project>` names the place that envelopes are sent to. */
function addressOf(dsn: string): { url: string; key: string } {
  const { protocol, host, username: key, pathname } = new URL(dsn);
  const [project = '', ...before] = pathname.split('/').reverse();
  const prefix = before.reverse().join('/');
  return { url: `${protocol}//${host}${prefix}/api/${project}/envelope/`, key };
}

function envelopeOf(error: unknown, { operation, requestId, tenantId, tier }: ErrorContext): string {
  const id = randomUUID().replaceAll('-', '');
  const tags = { operation, requestId, tenantId: tenantId ?? undefined, tier, region: settings.region() };
  const event = {
    event_id: id,
    timestamp: Date.now() / 1_000,
    platform: 'node',
    level: 'error',
    environment: settings.deployment(),
    server_name: settings.functionName(),
    transaction: operation,
    tags,
    // The oldest first, as the tracker wants them.
    exception: { values: chainOf(error).toReversed().map(exceptionOf) },
  };
  const header = { event_id: id, sent_at: new Date().toISOString() };
  return [header, { type: 'event' }, event].map((part) => JSON.stringify(part)).join('\n');
}

/** The error, what caused it, and so on. */
function chainOf(error: unknown): unknown[] {
  const chain = [error];
  for (const one of chain) {
    if (one instanceof Error && one.cause !== undefined && chain.length < 5) chain.push(one.cause);
  }
  return chain;
}

function exceptionOf(error: unknown): object {
  if (!(error instanceof Error)) return { type: typeof error };
  const code = 'code' in error && typeof error.code === 'string' ? error.code : undefined;
  const frames = (error.stack ?? '').split('\n').flatMap(frameOf).slice(0, mostFrames).toReversed();
  return { type: error.name, value: code, stacktrace: { frames } };
}

/** `at name (file:line:column)`, or without a name. */
function frameOf(line: string): object[] {
  const [, name, filename, lineno, colno] = /^\s+at (?:(.*?) \()?(.*?):(\d+):(\d+)\)?$/.exec(line) ?? [];
  if (filename === undefined) return [];
  const isOurs = !/node:|node_modules/.test(filename);
  return [{ function: name, filename, lineno: Number(lineno), colno: Number(colno), in_app: isOurs }];
}
