/** One call that changes something, in a scene of its own: it can be made again, and its effects be counted. */
import { randomUUID } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import type { RegisteredEndpoint } from '#shared/contract/module.ts';
import { type Effects, effectsOf } from '../support/effects.ts';
import type { HttpAnswer } from '../support/http.ts';
import { acceptedInput, type Scene } from '../support/inputs.ts';
import { requestOf } from '../support/request.ts';
import type { BatterySite } from '../support/site.ts';

export type Trial = {
  called: RegisteredEndpoint;
  scene: Scene;
  input: Record<string, unknown>;
  token: string;
  /** The key of this trial; undefined where the contract knows none. */
  key: string | undefined;
  /** Makes the call, or one that differs in what is given. */
  send: (instead?: Partial<Pick<Trial, 'called' | 'input' | 'key'>>) => Promise<HttpAnswer>;
  effects(): Promise<Effects>;
};

/** Endpoints that change something for a known caller. */
export function changing(endpoints: readonly RegisteredEndpoint[]): RegisteredEndpoint[] {
  return endpoints.filter(({ endpoint }) => endpoint.method !== 'GET' && endpoint.plane !== 'public');
}

/** The function that answers an endpoint. */
export function kindOf({ endpoint }: RegisteredEndpoint): 'http' | 'stream' {
  return endpoint.streams ? 'stream' : 'http';
}

/** A call that will succeed, by somebody whom nothing has happened to yet. */
export async function newTrial({ world, http }: BatterySite, called: RegisteredEndpoint): Promise<Trial> {
  const tenant = await world.tenant();
  const actor = await world.member(tenant, 'owner');
  const scene = { world, tenant, actor };
  const { plane, idempotency } = called.endpoint;
  const token = await world.token(
    actor,
    plane === 'platform' ? { 'cognito:groups': ['platform-admin'] } : {},
  );
  const trial: Trial = {
    ...{ called, scene, token, input: await acceptedInput(called, scene) },
    key: idempotency === undefined ? undefined : randomUUID(),
    send: (instead = {}) => {
      const { endpoint } = instead.called ?? called;
      const key = 'key' in instead ? instead.key : trial.key;
      return http.send(
        requestOf({
          endpoint,
          input: instead.input ?? trial.input,
          token,
          ...(endpoint.plane === 'tenant' ? { tenantId: tenant } : {}),
          ...(key === undefined ? {} : { idempotencyKey: key }),
        }),
      );
    },
    effects: () => effectsOf(world.admin, actor.id),
  };
  return trial;
}

/** What one successful call of an endpoint changes; whatever happens, it may never be more, nor less. */
export async function oneEffect(site: BatterySite, called: RegisteredEndpoint): Promise<Effects> {
  const trial = await newTrial(site, called);
  const answer = await trial.send();
  if (!isSuccess(trial, answer)) {
    throw new Error(`${called.operationId} does not succeed: ${answer.status} ${answer.text.slice(0, 300)}`);
  }
  const effects = await trial.effects();
  if (Object.keys(effects).length === 0) throw new Error(`${called.operationId} changes nothing`);
  return effects;
}

export function isSuccess({ called }: Pick<Trial, 'called'>, { status }: HttpAnswer): boolean {
  return status === called.endpoint.status;
}

/** What is wrong with the effects of a trial. */
export async function effectComplaint(trial: Trial, wanted: Effects): Promise<string | undefined> {
  const effects = await trial.effects();
  if (isDeepStrictEqual(effects, wanted)) return undefined;
  return `expected the effects ${JSON.stringify(wanted)}, found ${JSON.stringify(effects)}`;
}

export function codeOf({ status, body }: HttpAnswer): string {
  const code = typeof body === 'object' && body !== null && 'code' in body ? String(body.code) : '';
  return `${status} ${code}`.trim();
}
