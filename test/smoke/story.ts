/**
 * The story of the product: a person signs up, founds a tenant and shares it with a colleague; a model answers, and
 * what that cost is there to see; the tenant's trail leaves as a file; a stranger with a tenant of their own gets at
 * none of it; the platform's staff suspend it; sign-in ends when it should.
 */
import type { SmokeOptions, Step } from './smoke.ts';
import type { Stack } from './stack.ts';
import { askModels } from './story/models.ts';
import { arrive } from './story/arrival.ts';
import { inviteColleague } from './story/colleague.ts';
import { exportTrail } from './story/exports.ts';
import { suspendAndResume } from './story/platform.ts';
import { endSessions } from './story/sessions.ts';
import { refuseStranger } from './story/stranger.ts';
import { foundTenants } from './story/tenants.ts';
import { checkTokens } from './story/tokens.ts';

/** Tells the whole story; each part hands the next one what it needs. */
export async function story(step: Step, stack: Stack, given: SmokeOptions): Promise<void> {
  const people = await arrive(step, stack, given);
  const tenants = await foundTenants(step, stack, people);
  const shared = await inviteColleague(step, stack, people, tenants);
  await askModels(step, stack, people, tenants);
  await exportTrail(step, stack, people, tenants);
  await refuseStranger(step, stack, people, tenants, shared);
  await checkTokens(step, stack, people);
  await suspendAndResume(step, stack, people, tenants);
  await endSessions(step, stack, people, tenants);
}
