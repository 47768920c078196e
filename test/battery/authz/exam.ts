/** Calls endpoints as everybody who should and should not, and collects what came back. */
import type { Method } from '#shared/contract/endpoint.ts';
import { problems } from '#shared/contract/errors.ts';
import { formatId, type IdKind, newId } from '#shared/contract/ids.ts';
import type { RegisteredEndpoint } from '#shared/contract/module.ts';
import { randomUUID } from 'node:crypto';
import { atMost } from '#test/support/at-most.ts';
import { idFieldsOf } from '../support/ids.ts';
import { acceptedInput } from '../support/inputs.ts';
import { requestOf } from '../support/request.ts';
import type { Tried } from '../support/site.ts';
import type { Forgery } from './forgeries.ts';
import { comparable, complaintOf, type Observation } from './judgement.ts';
import type { Case } from './principals.ts';
import { declared, expected, expectedOfForgery, type Held } from './table.ts';

const calls = 6;

/** Every endpoint with every bad token, each in the name of somebody whom it would help. */
export async function tryForgeries(
  { world, http }: Tried,
  endpoints: readonly RegisteredEndpoint[],
  forgeries: readonly Forgery[],
): Promise<Observation[]> {
  const observations: Observation[] = [];
  await atMost(calls, pairs(endpoints, forgeries), async ([called, forgery]) => {
    const tenant = await world.tenant();
    const actor = await world.member(tenant, 'owner');
    const authorization = await forgery.header(actor);
    const request = requestOf({
      endpoint: called.endpoint,
      input: await acceptedInput(called, { world, tenant, actor }),
      ...(called.endpoint.plane === 'tenant' ? { tenantId: tenant } : {}),
      ...(authorization === undefined ? {} : { headers: { authorization } }),
    });
    observations.push({ called, name: forgery.name, answer: await http.send(request) });
  });
  return observations;
}

/** Every endpoint as every principal. */
export async function tryPrincipals(
  site: Tried,
  endpoints: readonly RegisteredEndpoint[],
  cases: readonly Case[],
): Promise<Observation[]> {
  const { world, http } = site;
  const observations: Observation[] = [];
  await atMost(calls, pairs(endpoints, cases), async ([called, { name, principal, arrange }]) => {
    const { actor, tenant, named, claims, headers = {} } = await arrange(world);
    const request = requestOf({
      endpoint: called.endpoint,
      input: await acceptedInput(called, { world, tenant, actor }),
      token: await world.token(actor, claims),
      headers,
      ...(named === undefined ? {} : { tenantId: named }),
    });
    observations.push({ called, name, principal, answer: await http.send(request) });
  });
  return observations;
}

/** What is wrong with what was observed, by the expected table. */
export function judged(observations: readonly Observation[], held: Held = declared): string[] {
  return observations.flatMap((observation) => {
    const { called, principal } = observation;
    const expectation =
      principal === undefined
        ? expectedOfForgery(called.endpoint)
        : expected(called.endpoint, principal, held);
    return complaintOf(observation, expectation) ?? [];
  });
}

/** Refusals that tell more than they should: answers that differ where nobody may see a difference. */
export function telling(observations: readonly Observation[]): string[] {
  const alike = observations.filter(
    ({ called: { endpoint }, principal }) =>
      endpoint.plane !== 'public' &&
      (principal === undefined || (endpoint.plane === 'tenant' && principal.standing.is === 'outsider')),
  );
  const groups = Map.groupBy(
    alike,
    // Who says that they act for somebody is told more: that nobody lets them.
    ({ called, principal }) => `${called.operationId} ${principal === undefined} ${principal?.acting}`,
  );
  return [...groups.values()].flatMap((group) => {
    const [first, ...others] = group;
    return others
      .filter(({ answer }) => first !== undefined && comparable(answer) !== comparable(first.answer))
      .map(
        ({ called, name }) => `${called.operationId}: ${name} is answered differently from ${first?.name}`,
      );
  });
}

/** Another tenant's real id in every place for an id: answered exactly like one that does not exist. */
export async function tryForeignIds(
  { world, http }: Tried,
  endpoints: readonly RegisteredEndpoint[],
): Promise<{ tried: number; complaints: string[]; requestIds: string[] }> {
  // The platform's staff see every tenant: to them no tenant's id is foreign.
  const places = endpoints
    .filter(({ endpoint }) => endpoint.plane === 'tenant' || endpoint.plane === 'user')
    .flatMap((called) => idFieldsOf(called.endpoint).map((field) => ({ called, field })));
  const complaints: string[] = [];
  const requestIds: string[] = [];
  await atMost(calls, places, async ({ called, field }) => {
    const [tenant, other] = [await world.tenant(), await world.tenant()];
    const actor = await world.member(tenant, 'owner');
    const token = await world.token(actor);
    const input = await acceptedInput(called, { world, tenant, actor });
    const { endpoint } = called;
    const ask = async (id: string) => {
      const sent = requestOf({ endpoint, input: { ...input, [field.name]: id }, token, tenantId: tenant });
      const answer = await http.send(sent);
      requestIds.push(...(answer.status < 300 ? [] : [answer.headers['x-request-id'] ?? '']));
      return answer;
    };
    const real = await ask(await world.somethingOf(field.kind, other));
    const missing = await ask(nobodys(field.kind));
    const where = `${called.operationId}, ${field.part}.${field.name}`;
    if (comparable(real) !== comparable(missing)) {
      complaints.push(
        `${where}: a real foreign id gives ${comparable(real)}, a made-up one ${comparable(missing)}`,
      );
    }
    const isHidden = field.part === 'query' ? real.status === endpoint.status : real.status === 404;
    if (!isHidden) complaints.push(`${where}: a foreign id gives ${comparable(real).slice(0, 300)}`);
  });
  return { tried: places.length, complaints, requestIds };
}

/** Methods that no contract declares, as somebody who may do everything. */
export async function tryUndeclaredMethods(
  { world, http }: Tried,
  endpoints: readonly RegisteredEndpoint[],
): Promise<{ tried: number; complaints: string[] }> {
  const all: readonly (Method | 'HEAD' | 'TRACE')[] = [
    'GET',
    'POST',
    'PUT',
    'PATCH',
    'DELETE',
    'HEAD',
    'TRACE',
  ];
  const byPath = Map.groupBy(endpoints, ({ endpoint }) => endpoint.path);
  const undeclared = [...byPath].flatMap(([path, declared]) =>
    all
      .filter((method) => !declared.some(({ endpoint }) => endpoint.method === method))
      .map((method) => ({ method, path })),
  );
  const complaints: string[] = [];
  const tenant = await world.tenant();
  const owner = await world.member(tenant, 'owner');
  const authorization = `Bearer ${await world.token(owner, { 'cognito:groups': ['platform-admin'] })}`;
  await atMost(calls, undeclared, async ({ method, path }) => {
    const filled = path.replaceAll(/\{\w+\}/g, newId('tenant'));
    const { status } = await http.send({
      method,
      path: filled,
      headers: { authorization, 'x-tenant-id': tenant },
    });
    if (status !== problems.notFound.status)
      complaints.push(`${method} ${path} is not declared and answered ${status}`);
  });
  return { tried: undeclared.length, complaints };
}

function nobodys(kind: IdKind): string {
  return formatId(kind, randomUUID());
}

function pairs<A, B>(left: readonly A[], right: readonly B[]): [A, B][] {
  return left.flatMap((one) => right.map((other): [A, B] => [one, other]));
}
