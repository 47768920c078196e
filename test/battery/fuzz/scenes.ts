/** Callers who are allowed to, fresh every few calls: what the calls before left must not matter, nor their rate. */
import type { RegisteredEndpoint } from '#shared/contract/module.ts';
import { acceptedInput, type Scene } from '../support/inputs.ts';
import type { World } from '../support/world.ts';

export type FuzzScene = Scene & { token: string; accepted: Record<string, unknown> };

const callsOfScene = 20;

/** Hands out scenes for an endpoint; a new one after every twenty calls. */
export function scenesFor(called: RegisteredEndpoint, world: World): () => Promise<FuzzScene> {
  let left = 0;
  let current: Promise<FuzzScene> | undefined;
  return () => {
    if (left === 0 || current === undefined) {
      current = newScene(called, world);
      left = callsOfScene;
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
