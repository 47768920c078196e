/**
 * A visit from outside, as callers come (OPS-3, OPS-7): what health says, and one read with a key, through gateway,
 * firewall, gate and database. It knows nothing of the deployment but its address.
 */
import * as z from 'zod';

/** Parts that the health check names. */
export const dependencies = ['database', 'gate'] as const;

export type Dependency = (typeof dependencies)[number];

/** What a visit found. `failed` says what went wrong, in words for the log. */
export type Visit = { durationMs: number; failed: string[]; down: Dependency[]; read: boolean };

const patienceMs = 10_000;
const healthSchema = z.object({ detail: z.string().optional() });

/**
 * Visits a deployment.
 * @param key of an API; without one nothing is read
 */
export async function visit(apiUrl: string, key: string | undefined): Promise<Visit> {
  const startedMs = Date.now();
  const failed: string[] = [];
  const health = await ask(`${apiUrl}v1/health`, {}, failed);
  if (key !== undefined) await ask(`${apiUrl}v1/tenant`, { authorization: `Bearer ${key}` }, failed);
  return { durationMs: Date.now() - startedMs, failed, down: downIn(health), read: key !== undefined };
}

async function ask(url: string, headers: Record<string, string>, failed: string[]): Promise<string> {
  const path = new URL(url).pathname;
  try {
    const answer = await fetch(url, { headers, signal: AbortSignal.timeout(patienceMs) });
    const text = await answer.text();
    if (!answer.ok) failed.push(`${path} answered ${answer.status}`);
    return text;
  } catch (error) {
    failed.push(`${path} did not answer: ${error instanceof Error ? error.name : typeof error}`);
    return '';
  }
}

/** The parts that a failing health check names in its detail. */
function downIn(text: string): Dependency[] {
  const parsed = healthSchema.safeParse(asJson(text));
  const named = /^Not available: (.*)\.$/.exec(parsed.data?.detail ?? '')?.[1]?.split(', ') ?? [];
  return dependencies.filter((name) => named.includes(name));
}

function asJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // A gateway or a firewall answers in its own words.
    return undefined;
  }
}
