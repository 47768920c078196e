/**
 * One endpoint changes what holds for everybody: it is tried last, and what it did is taken back, so that no other
 * endpoint is refused because of what was generated for this one.
 */
import { killSwitchNames, optionalCapabilityNames } from '#shared/config/capabilities.ts';
import { flagNames } from '#shared/config/flags.ts';
import type { RegisteredEndpoint } from '#shared/contract/module.ts';
import { platformContract } from '#shared/platform/platform.contract.ts';
import { requestOf } from '../support/request.ts';
import type { Tried } from '../support/site.ts';

const changesEverybody = 'platform.changeSettings';

/** The endpoints, in an order in which none spoils another one. */
export function inGoodOrder(endpoints: readonly RegisteredEndpoint[]): RegisteredEndpoint[] {
  const last = (each: RegisteredEndpoint) => (each.operationId === changesEverybody ? 1 : 0);
  return endpoints.toSorted((one, other) => last(one) - last(other));
}

/** Takes back every decision that concerns all tenants. */
export async function takeBack({ http, world }: Tried): Promise<void> {
  const staff = world.stranger();
  const each = <Value>(names: readonly string[], value: Value) =>
    Object.fromEntries(names.map((name) => [name, value]));
  const request = requestOf({
    endpoint: platformContract.changeSettings,
    token: await world.token(staff, { 'cognito:groups': ['platform-admin'] }),
    input: {
      reason: 'The battery is done with it',
      switchedOff: each(killSwitchNames, false),
      capabilities: each(optionalCapabilityNames, null),
      flags: each(flagNames, null),
    },
  });
  const { status, text } = await http.send(request);
  if (status !== 200) throw new Error(`taking the platform's settings back was answered ${status} ${text}`);
}
