/** A minute of ordinary use, and people who call models. */
import { formatId, uuidOf } from '#shared/contract/ids.ts';
import { registry } from '#shared/registry.ts';
import type { Team } from '#test/support/whole-stack.ts';
import { callsOf, make, newWrite } from '../faults/calls.ts';
import type { HttpRequest } from '../support/http.ts';
import { requestOf } from '../support/request.ts';
import type { BatterySite } from '../support/site.ts';
import type { Counters } from './counters.ts';

export type Traffic = {
  /** Reads, writes, refusals and health, by people whose rates have room for it. */
  usual(counters: Counters): Promise<void>;
  /** Calls of a model at the same time, each by another tenant. */
  models(counters: Counters, count: number): Promise<void>;
};

const teams = 24;
const atOnce = 2;
const patienceMs = 45_000;

export async function startTraffic(site: BatterySite): Promise<Traffic> {
  const all = await Promise.all(Array.from({ length: teams }, () => teamOf(site)));
  let next = 0;
  const nextTeam = (): Team => {
    const team = all[next % all.length];
    if (team === undefined) throw new Error('nobody calls');
    next += 1;
    return team;
  };
  return {
    usual: async (counters) => {
      const some = Array.from({ length: atOnce }, nextTeam);
      const health = { name: 'health', usual: 200, path: '/v1/health', init: {} };
      const calls = [...some.flatMap((team) => callsOf(team, newWrite(team))), health];
      const answers = await Promise.all(calls.map((call) => make(site.url, call)));
      for (const { status } of answers) counters.answered(status);
    },
    models: async (counters, count) => {
      await Promise.all(
        Array.from({ length: count }, async () => {
          const [owner] = nextTeam().members;
          const request = requestOf({
            endpoint: registry.ai.contract.complete,
            input: {
              feature: 'chat',
              messages: [{ role: 'user', content: 'Is anybody there?' }],
              maxTokens: 16,
            },
            token: owner?.token ?? '',
            tenantId: formatId('tenant', owner?.tenantId ?? ''),
          });
          const { status, text } = await patiently(site.url, request);
          if (status >= 400 && status < 500) throw new Error(`Nobody may call models here: ${text}`);
          // Whoever went away was not answered with an error.
          if (status > 0) counters.answered(status);
        }),
      );
    },
  };
}

/** Waits for an attempt at a model; then the caller goes away, with status 0. */
async function patiently(
  url: string,
  { method, path, headers, body }: HttpRequest,
): Promise<{ status: number; text: string }> {
  const signal = AbortSignal.timeout(patienceMs);
  const named = new Headers(Object.entries(headers).map(([name, value]) => [name, String(value)]));
  try {
    const answer = await fetch(url + path, { method, headers: named, body: String(body), signal });
    return { status: answer.status, text: await answer.text() };
  } catch (error) {
    if (!signal.aborted) throw error;
    return { status: 0, text: '' };
  }
}

async function teamOf({ world }: BatterySite): Promise<Team> {
  const tenant = await world.tenant();
  const tenantId = uuidOf(tenant);
  const members = [];
  for (const role of ['owner', 'viewer'] as const) {
    const person = await world.member(tenant, role);
    // The drill takes longer than a token lives.
    const exp = Math.floor(Date.now() / 1_000) + 3_600;
    members.push({ userId: uuidOf(person.id), tenantId, token: await world.token(person, { exp }) });
  }
  return { tenantId, members };
}
