/** The endpoints that call models, in front of a scripted one. */
import { callOps } from '#shared/ai/calls.ops.ts';
import { callsContract } from '#shared/ai/calls.contract.ts';
import { module } from '#shared/contract/module.ts';
import { scriptedModel } from './scripted-model.ts';

const { complete, stream, messages, chatCompletions } = callsContract;
const capability = 'prompts' as const;

/** Under a capability that is on, whatever becomes of theirs. */
const contract = {
  complete: { ...complete, capability },
  stream: { ...stream, capability },
  messages: { ...messages, capability },
  chatCompletions: { ...chatCompletions, capability },
};

export const answering = module({
  ...{ name: 'answering', summary: 'Scripted answers', contract },
  needs: { database: 'app_tenant' },
});

export const answeringOps = callOps(scriptedModel);
