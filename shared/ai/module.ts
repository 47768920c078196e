import { module } from '../contract/module.ts';
import { promptsContract } from './prompts.contract.ts';
import { spendingContract } from './spending.contract.ts';

/** Governed AI: calls to models, what they cost, and how they are asked. */
export const ai = module({
  name: 'ai',
  summary: 'Governed AI',
  contract: { ...promptsContract, ...spendingContract },
  needs: { database: 'app_tenant' },
});
