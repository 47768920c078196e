/** All operations of governed AI but the calls of models, which outlive a transaction. */
import type { Ops } from '../contract/module.ts';
import { choicesOps } from './choices.ops.ts';
import { dailyAlertOps } from './daily-alert.ops.ts';
import type { ai } from './module.ts';
import { preferencesOps } from './prompts/preferences.ops.ts';
import { promptsOps } from './prompts/prompts.ops.ts';
import { routesOps } from './routing/routes.ops.ts';
import { spendingOps } from './spending.ops.ts';
import { transcriptsOps } from './transcripts/transcripts.ops.ts';

export const aiOps: Ops<typeof ai.contract> = {
  ...promptsOps,
  ...preferencesOps,
  ...spendingOps,
  ...routesOps,
  ...choicesOps,
  ...dailyAlertOps,
  ...transcriptsOps,
};
