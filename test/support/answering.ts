/** The endpoints that call models, in front of a scripted one. */
import { callOps } from '#shared/ai/calls.ops.ts';
import { callsContract } from '#shared/ai/calls.contract.ts';
import { module } from '#shared/contract/module.ts';
import { scriptedModel } from './scripted-model.ts';

export const answering = module({
  ...{ name: 'answering', summary: 'Scripted answers', contract: callsContract },
  needs: { database: 'app_tenant' },
});

export const answeringOps = callOps(scriptedModel);
