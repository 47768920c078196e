/**
 * Two endpoints change what holds for everybody: they are tried last, and what they did is taken back, so that no
 * other endpoint is answered otherwise because of what was generated for these.
 */
import { killSwitchNames, optionalCapabilityNames } from '#shared/config/capabilities.ts';
import { flagNames } from '#shared/config/flags.ts';
import type { RegisteredEndpoint } from '#shared/contract/module.ts';
import { platformContract } from '#shared/platform/platform.contract.ts';
import { requestOf } from '../support/request.ts';
import type { Tried } from '../support/site.ts';

const changeEverybody = ['platform.setAiRoutes', 'platform.changeSettings'];

/** The endpoints, in an order in which none spoils another one. */
export function inGoodOrder(endpoints: readonly RegisteredEndpoint[]): RegisteredEndpoint[] {
  const last = (each: RegisteredEndpoint) => (changeEverybody.includes(each.operationId) ? 1 : 0);
  return endpoints.toSorted((one, other) => last(one) - last(other));
}

/** Takes back every decision that concerns all tenants. */
export async function takeBack({ http, world }: Tried): Promise<void> {
  const staff = world.stranger();
  const each = <Value>(names: readonly string[], value: Value) =>
    Object.fromEntries(names.map((name) => [name, value]));
  const token = await world.token(staff, { 'cognito:groups': ['platform-admin'] });
  const reason = 'The battery is done with it';
  const requests = [
    requestOf({
      ...{ endpoint: platformContract.changeSettings, token },
      input: {
        reason,
        switchedOff: each(killSwitchNames, false),
        capabilities: each(optionalCapabilityNames, null),
        flags: each(flagNames, null),
      },
    }),
    requestOf({ endpoint: platformContract.setAiRoutes, token, input: { reason, rules: [] } }),
  ];
  for (const request of requests) {
    const { status, text } = await http.send(request);
    if (status !== 200) throw new Error(`taking the platform's settings back was answered ${status} ${text}`);
  }
}
