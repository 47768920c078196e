/** Sends what was generated and judges what comes back. */
import { setTimeout as sleep } from 'node:timers/promises';
import fc from 'fast-check';
import { problems } from '#shared/contract/errors.ts';
import { type EndpointFacts, pathParameters } from '#shared/contract/endpoint.ts';
import type { RegisteredEndpoint } from '#shared/contract/module.ts';
import { objectOf } from '../support/arbitrary.ts';
import { atMost } from '#test/support/at-most.ts';
import type { HttpAnswer, HttpClient, HttpRequest } from '../support/http.ts';
import { asProblems, requestOf } from '../support/request.ts';
import type { Tried } from '../support/site.ts';
import { inOurWords } from './dialects.ts';
import { internalsIn, malformed, strangersIn } from './inspect.ts';
import { assemble, type Mutation, mutationsOf, type Parts, Raw } from './mutations.ts';
import { type FuzzScene, scenesFor } from './scenes.ts';
import { hostileVariants } from './transports.ts';

export type Outcome = { tried: number; complaints: string[]; neverSuccessful: string[] };
export type FuzzOptions = { kind: 'valid' | 'mutated'; count: number; seed: number };

const calls = 4;
/** The staff look for people of all tenants there, for a reason that is audited. */
const findsAnybody: ReadonlySet<string> = new Set(['platform.users']);
const retryAfterMs = 1_000;

/** So many inputs for each endpoint, valid by its schemas or mutated. */
export async function fuzzInputs(
  { http, world }: Tried,
  endpoints: readonly RegisteredEndpoint[],
  { kind, count, seed }: FuzzOptions,
): Promise<Outcome> {
  const complaints: string[] = [];
  const successes = new Map(endpoints.map(({ operationId }) => [operationId, 0]));
  const jobs = endpoints.flatMap((called) => {
    const nextScene = scenesFor(called, world);
    return generated(called, count, seed).map((one, index) => ({ called, nextScene, one, index }));
  });
  await atMost(calls, jobs, async ({ called, nextScene, one, index }) => {
    const scene = await nextScene();
    const { endpoint, operationId } = called;
    const input = mixed(one.input, scene.accepted, index);
    const mutation = kind === 'mutated' ? one.mutation : undefined;
    const valid = partsOf(endpoint, input, scene, operationId);
    const parts = mutation?.apply(valid) ?? valid;
    const request = assemble(endpoint, parts);
    const answer = inOurWords(endpoint, request, await ask(http, request));
    if (answer.status === endpoint.status) successes.set(operationId, (successes.get(operationId) ?? 0) + 1);
    const wrong = judge(endpoint, parts, request, answer) ?? leaks(called, request, answer, scene);
    if (wrong !== undefined) {
      const said = mutation === undefined ? JSON.stringify(input).slice(0, 300) : mutation.what;
      complaints.push(`${operationId}, ${said}: ${wrong}`);
    }
  });
  const neverSuccessful = [...successes].filter(([, times]) => times === 0).map(([name]) => name);
  return { tried: jobs.length, complaints, neverSuccessful };
}

/**
 * Hostile requests to every endpoint.
 * @param every one of so many variants is sent, to the next endpoint another one
 */
export async function fuzzTransports(
  { http, world }: Tried,
  endpoints: readonly RegisteredEndpoint[],
  every = 1,
): Promise<{ tried: number; complaints: string[] }> {
  const complaints: string[] = [];
  let tried = 0;
  for (const [place, called] of endpoints.entries()) {
    const { endpoint, operationId } = called;
    const nextScene = scenesFor(called, world);
    const sample = await nextScene();
    const named = endpoint.plane === 'tenant' ? { tenantId: sample.tenant } : {};
    const good = requestOf({ endpoint, input: sample.accepted, token: sample.token, ...named });
    const sent = hostileVariants(endpoint, good).filter((_each, index) => (index + place) % every === 0);
    await atMost(calls, sent, async ({ what, request, statuses }) => {
      tried += 1;
      const answer = await ask(http, request);
      const isRight = statuses === undefined ? answer.status < 500 : isOneOf(statuses, endpoint, answer);
      const wrong = isRight
        ? leaks(called, request, answer, sample)
        : `answered ${answer.status} ${answer.text.slice(0, 200)}, expected ${statuses?.join(' or ') ?? 'less than 500'}`;
      if (wrong !== undefined) complaints.push(`${operationId}, ${what}: ${wrong}`);
    });
  }
  return { tried, complaints };
}

/**
 * Sends a request, and once more when it met a part that was not available, as callers are told to: a function
 * that starts on a busy machine can miss its deadline. What fails because of what is sent fails again.
 */
async function ask(http: HttpClient, request: HttpRequest): Promise<HttpAnswer> {
  const answer = await http.send(request);
  if (codeOf(answer) !== 'dependency.unavailable') return answer;
  await sleep(retryAfterMs);
  return http.send(request);
}

type Generated = { input: Record<string, unknown>; mutation: Mutation };

function generated({ endpoint, operationId }: RegisteredEndpoint, count: number, seed: number): Generated[] {
  const shape = { ...endpoint.params.shape, ...endpoint.query.shape, ...endpoint.body?.shape };
  const input = objectOf(shape, operationId);
  return fc.sample(fc.record({ input, mutation: mutationsOf(endpoint) }), { numRuns: count, seed });
}

/** Some of what was generated is replaced by what exists, so that calls get as far as they can. */
function mixed(
  input: Record<string, unknown>,
  accepted: Record<string, unknown>,
  index: number,
): Record<string, unknown> {
  const real = Object.entries(accepted).filter((_field, place) => ((index >> place) & 1) === 1);
  return { ...input, ...Object.fromEntries(real) };
}

function partsOf(
  endpoint: EndpointFacts,
  input: Record<string, unknown>,
  { token, tenant }: FuzzScene,
  operationId: string,
): Parts {
  const of = (shape: object) => Object.entries(input).filter(([name]) => Object.hasOwn(shape, name));
  const asText = (value: unknown) => (typeof value === 'string' ? value : JSON.stringify(value));
  return {
    params: Object.fromEntries(of(endpoint.params.shape).map(([name, value]) => [name, asText(value)])),
    query: of(endpoint.query.shape).map(([name, value]) => [name, asText(value)]),
    ...(endpoint.body === undefined ? {} : { body: Object.fromEntries(of(endpoint.body.shape)) }),
    headers: {
      ...asProblems(endpoint),
      authorization: `Bearer ${token}`,
      ...(endpoint.plane === 'tenant' ? { 'x-tenant-id': tenant } : {}),
      ...(endpoint.idempotency === 'required'
        ? { 'idempotency-key': `${operationId} ${crypto.randomUUID()}` }
        : {}),
    },
  };
}

/** What a cursor holds is the operation's to judge, to the contract it is a text; others declare that they judge. */
function judgesItself({ query, errors }: EndpointFacts): boolean {
  return 'cursor' in query.shape || errors.some(({ code }) => code === problems.invalidInput.code);
}

/** What is wrong with an answer, given whether the contract accepts what was sent. */
function judge(
  endpoint: EndpointFacts,
  parts: Parts,
  request: HttpRequest,
  answer: HttpAnswer,
): string | undefined {
  // A path that is no longer the endpoint's is answered by the gateway.
  const isElsewhere = pathParameters(endpoint.path).some((name) => /^\s*$/.test(parts.params[name] ?? ''));
  if (isElsewhere && (answer.status === 404 || answer.status === 400)) return undefined;
  const wrong = malformed(endpoint, answer);
  if (wrong !== undefined) return wrong;
  const isValid = accepts(endpoint, parts);
  const isRefused = codeOf(answer) === 'request.invalid';
  if (!isValid && !isRefused) return `was accepted with ${answer.status}: ${request.path.slice(0, 200)}`;
  if (isValid && isRefused && !judgesItself(endpoint) && !isKeyTooLong(parts)) {
    return `was refused though the contract accepts it: ${answer.text.slice(0, 300)}`;
  }
  return undefined;
}

function leaks(
  { operationId, endpoint }: RegisteredEndpoint,
  request: HttpRequest,
  answer: HttpAnswer,
  scene: FuzzScene,
): string | undefined {
  // Whom it finds is what it was asked for; a refusal of it shows nobody either.
  if (findsAnybody.has(operationId) && answer.status === endpoint.status) return undefined;
  const sent = `${unescaped(request.path)} ${String(request.body ?? '')}`;
  const [stranger] = strangersIn(answer.text, scene.world, scene).filter(
    (address) => !sent.includes(address),
  );
  if (stranger !== undefined) return `shows ${stranger} to ${scene.actor.email}`;
  // What succeeded shows what callers themselves wrote, which may look like anything.
  if (answer.status < 400) return undefined;
  return internalsIn(answer.text, sent);
}

/** An endpoint that reads a cookie looks at nothing before it knows the page that calls. */
function isOneOf(statuses: readonly number[], { cookie }: EndpointFacts, answer: HttpAnswer): boolean {
  if (statuses.includes(answer.status)) return true;
  return cookie !== undefined && codeOf(answer) === problems.originRefused.code;
}

function unescaped(path: string): string {
  return decodeURIComponent(path.replaceAll(/%(?![0-9a-f]{2})|%[89a-f][0-9a-f]/gi, ''));
}

function codeOf({ body }: HttpAnswer): unknown {
  return typeof body === 'object' && body !== null && 'code' in body ? body.code : undefined;
}

/** Whether the contract's schemas accept what was sent, and a database could keep it. */
function accepts(endpoint: EndpointFacts, { params, query, body }: Parts): boolean {
  const names = query.map(([name]) => name);
  if (new Set(names).size < names.length) return false;
  const asObject = fromEntries(query);
  const json = endpoint.body === undefined ? undefined : jsonOf(body);
  const parsed = [
    endpoint.params.safeParse(params),
    endpoint.query.safeParse(asObject),
    ...(endpoint.body === undefined ? [] : [endpoint.body.safeParse(json)]),
  ];
  return parsed.every(({ success, data }) => success && isStorable(data));
}

/** Entries as own properties, whatever their names. */
function fromEntries(entries: [string, string][]): object {
  return Object.defineProperties(
    {},
    Object.fromEntries(entries.map(([name, value]) => [name, { value, enumerable: true }])),
  );
}

function jsonOf(body: unknown): unknown {
  try {
    return JSON.parse(body instanceof Raw ? body.text : JSON.stringify(body));
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

function isStorable(value: unknown): boolean {
  if (typeof value === 'string') return value.isWellFormed() && !value.includes('\0');
  if (typeof value !== 'object' || value === null) return true;
  return Object.values(value).every(isStorable);
}

function isKeyTooLong({ headers }: Parts): boolean {
  return String(headers['idempotency-key'] ?? '').length > 200;
}
