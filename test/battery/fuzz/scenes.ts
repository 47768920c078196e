/** Callers who are allowed to, fresh every few calls: what the calls before left must not matter, nor their rate. */
import type { RegisteredEndpoint } from '#shared/contract/module.ts';
import { acceptedInput, type Scene } from '../support/inputs.ts';
import type { World } from '../support/world.ts';

export type FuzzScene = Scene & { token: string; accepted: Record<string, unknown> };

const callsOfScene = 20;
/** Who has signed out everywhere cannot call again. */
const endsSession: ReadonlySet<string> = new Set(['sessions.revokeAll']);

/** Hands out scenes for an endpoint; a new one after every twenty calls, or after each one that ends the session. */
export function scenesFor(called: RegisteredEndpoint, world: World): () => Promise<FuzzScene> {
  let left = 0;
  let current: Promise<FuzzScene> | undefined;
  return () => {
    if (left === 0 || current === undefined) {
      current = newScene(called, world);
      left = endsSession.has(called.operationId) ? 1 : callsOfScene;
    }
    left -= 1;
    return current;
  };
}

async function newScene(called: RegisteredEndpoint, world: World): Promise<FuzzScene> {
  const tenant = await world.tenant();
  const actor = await world.member(tenant, 'owner');
  const isPlatform = called.endpoint.plane === 'platform';
  const token = await world.token(actor, isPlatform ? { 'cognito:groups': ['platform-admin'] } : {});
  const scene = { world, tenant, actor };
  return { ...scene, token, accepted: await acceptedInput(called, scene) };
}
