import { afterAll, expect, test } from '@jest/globals';
import { startModel } from '#local/parts/model/model.ts';
import { configuredModels } from '#shared/ai/providers/configured.ts';
import { asking, payer, within } from './stage.ts';

const stops: (() => Promise<void>)[] = [];
afterAll(async () => {
  for (const stop of stops) await stop();
});

test('[AI-1] without keys of providers, a laptop’s stand-in answers', async () => {
  const part = await startModel();
  stops.push(() => part.stop());
  process.env.AWS_REGION = 'us-east-1';
  process.env.MODEL_STAND_IN_URL = part.url;
  const answer = await configuredModels().complete(asking('Hello'), within(5_000), payer().accounting);
  expect(part.invoice().map(({ usage }) => usage)).toEqual([answer.usage]);
});
