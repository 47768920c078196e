/** Prompts: versions that never change, a tenant's own in the platform's place, and preferences. */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { ai } from '#shared/ai/module.ts';
import { preferencesOps } from '#shared/ai/prompts/preferences.ops.ts';
import { promptsContract } from '#shared/ai/prompts.contract.ts';
import { promptsOps } from '#shared/ai/prompts/prompts.ops.ts';
import { variablesIn } from '#shared/ai/prompts/render.ts';
import { prompts } from '#shared/config/prompts.ts';
import type { TenantId } from '#shared/contract/ids.ts';
import { type Actor, callAs, type Kernel, refusal, startKernel } from '../../../support/call-as.ts';

let kernel: Kernel;
let owner: Actor & { tenant: TenantId };
let operator: Actor;
const served = {
  module: { ...ai, contract: promptsContract },
  ops: { ...promptsOps, ...preferencesOps },
};
const key = 'content.draft';

beforeAll(async () => {
  kernel = await startKernel();
});
afterAll(() => kernel.stop());

async function newTenant(): Promise<void> {
  owner = await kernel.found('Acme Ltd');
  operator = await kernel.join(owner.tenant, 'operator');
}

const inForce = async () =>
  (await callAs(operator, served, 'prompts', {})).items.find((prompt) => prompt.key === key);
const preview = (variables: Record<string, string>, template?: string) =>
  callAs(operator, served, 'previewPrompt', {
    ...{ key, variables },
    ...(template === undefined ? {} : { template }),
  });

describe('[AI-5] a prompt', () => {
  beforeAll(newTenant);

  test('is the platform’s own until the tenant puts a version in its place, which is in force at once', async () => {
    expect(await inForce()).toMatchObject({
      origin: 'platform',
      version: 1,
      template: prompts[key].template,
    });
    const template = 'About {{topic}}, and short.';
    const made = await callAs(owner, served, 'overridePrompt', { key, template, note: 'Shorter' });
    expect(made).toMatchObject({ origin: 'tenant', version: 1, template });
    expect(await inForce()).toEqual(made);
    await callAs(owner, served, 'overridePrompt', { key, template: 'Second {{topic}}' });
    expect(await inForce()).toMatchObject({ origin: 'tenant', version: 2 });
  });

  test('goes back to an earlier version and to the platform’s own; nothing is lost on the way', async () => {
    await callAs(owner, served, 'activatePrompt', { key, activeVersion: 1 });
    expect(await inForce()).toMatchObject({ origin: 'tenant', version: 1 });
    await callAs(owner, served, 'activatePrompt', { key, activeVersion: null });
    expect(await inForce()).toMatchObject({ origin: 'platform' });
    const { items } = await callAs(operator, served, 'promptVersions', { key });
    expect(items.map(({ version, note }) => [version, note])).toEqual([
      [2, null],
      [1, 'Shorter'],
    ]);
    expect(await callAs(operator, served, 'promptVersion', { key, version: '2' })).toMatchObject({
      template: 'Second {{topic}}',
      author: owner.user.id,
    });
    await expect(callAs(owner, served, 'activatePrompt', { key, activeVersion: 3 })).rejects.toMatchObject(
      refusal('resource.not_found'),
    );
  });

  test('is changed by administrators only, and by nobody for another tenant', async () => {
    await expect(callAs(operator, served, 'overridePrompt', { key, template: 'Mine' })).rejects.toMatchObject(
      refusal('auth.forbidden'),
    );
    const before = await inForce();
    const stranger = await kernel.found('Other Ltd');
    await callAs(stranger, served, 'overridePrompt', { key, template: 'Theirs' });
    expect(await inForce()).toEqual(before);
  });

  test('two who change it at once get two versions', async () => {
    await Promise.all(
      ['one', 'two'].map((template) => callAs(owner, served, 'overridePrompt', { key, template })),
    );
    const { items } = await callAs(operator, served, 'promptVersions', { key });
    expect(items.map(({ version }) => version)).toEqual([4, 3, 2, 1]);
  });

  test('names only the variables that the code fills in', async () => {
    await expect(
      callAs(owner, served, 'overridePrompt', { key, template: '{{topic}} {{salary}}' }),
    ).rejects.toMatchObject(refusal('ai.unknown_variable'));
    for (const [name, { template, variables }] of Object.entries(prompts)) {
      expect([name, variablesIn(template)]).toEqual([name, [...variables]]);
    }
  });
});

describe('[AI-5] a preview', () => {
  beforeAll(newTenant);

  test('fills in the variables, and the tenant by itself', async () => {
    expect(await preview({ topic: 'tea' }, '{{tenant}} on {{ topic }}')).toEqual({
      system: 'Acme Ltd on tea',
    });
  });

  test('a value is not looked at again: it cannot name another variable', async () => {
    expect(await preview({ topic: '{{tenant}}' }, '{{topic}}')).toEqual({ system: '{{tenant}}' });
  });

  test('says which variable is missing, and which it does not have', async () => {
    await expect(preview({})).rejects.toMatchObject(refusal('ai.unknown_variable'));
    await expect(preview({ topic: 'tea', salary: '1' })).rejects.toMatchObject(
      refusal('ai.unknown_variable'),
    );
  });
});

describe('[AI-5] preferences', () => {
  beforeAll(newTenant);

  test('a person’s own go before the tenant’s, are nobody else’s, and stand behind every prompt', async () => {
    await callAs(owner, served, 'changePreferences', { tone: 'professional', length: 'short' });
    await callAs(operator, served, 'changeOwnPreferences', { tone: 'casual', model: 'haiku' });
    expect(await callAs(operator, served, 'preferences', {})).toEqual({
      tenant: { tone: 'professional', length: 'short', model: null },
      own: { tone: 'casual', length: null, model: 'haiku' },
      inForce: { tone: 'casual', length: 'short', model: 'haiku' },
    });
    expect((await callAs(owner, served, 'preferences', {})).inForce).toEqual({
      ...{ tone: 'professional', length: 'short', model: null },
    });
    expect(await preview({}, 'Hello.')).toEqual({
      system: 'Hello.\nWrite in a casual, friendly tone.\nBe brief: a few sentences at most.',
    });
  });

  test('null removes a choice, and what is not named stays', async () => {
    await callAs(operator, served, 'changeOwnPreferences', { tone: null });
    expect((await callAs(operator, served, 'preferences', {})).inForce).toEqual({
      ...{ tone: 'professional', length: 'short', model: 'haiku' },
    });
  });

  test('the tenant’s are for administrators to change', async () => {
    await expect(callAs(operator, served, 'changePreferences', { tone: 'casual' })).rejects.toMatchObject(
      refusal('auth.forbidden'),
    );
  });
});
