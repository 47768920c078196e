import { publishRestored } from '#shared/ai/budgets/restored.ts';
import { work } from '#shared/middleware/work.ts';
import { restore } from '#shared/restore/module.ts';
import { restoreSteps } from '#shared/restore/restore.steps.ts';

/** Budgets are enforced by what stands in the gate's table, so a restored one is published with the restore. */
const followers = { ai_budgets: publishRestored };

export const handler = work(restore, restoreSteps(followers));
