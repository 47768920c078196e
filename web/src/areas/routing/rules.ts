/** Rules as they are edited: of a tenant, or of the platform, which may look at the plan as well. */
import { planNames } from '#shared/config/plans.ts';
import { aiFeatureNames } from '#shared/config/ai-features.ts';

export type Rule = {
  name: string;
  use: string;
  when: {
    plan?: string[] | undefined;
    task?: string[] | undefined;
    feature?: string[] | undefined;
    iterationFrom?: number | undefined;
    promptTokensFrom?: number | undefined;
    budgetLeftPercentUpTo?: number | undefined;
  };
  firm?: boolean;
};

/** What calls are made for, as the contract names it. */
const tasks = ['generate', 'summarise', 'classify', 'extract', 'qa'];

/** Conditions that name some of several. */
export const choices = [
  { name: 'plan', label: 'Plans', values: planNames, isPlatform: true },
  { name: 'task', label: 'Tasks', values: tasks, isPlatform: false },
  { name: 'feature', label: 'Features', values: aiFeatureNames, isPlatform: false },
] as const;

/** Conditions that are a number. */
export const thresholds = [
  { name: 'iterationFrom', label: 'From this attempt on', max: 100 },
  { name: 'promptTokensFrom', label: 'From so many tokens in the prompt', max: 10_000_000 },
  { name: 'budgetLeftPercentUpTo', label: 'At most so much of the budget left, in percent', max: 100 },
] as const;

/** A condition in words. */
export function sayCondition(when: Rule['when']): string {
  const { plan, task, feature, iterationFrom, promptTokensFrom, budgetLeftPercentUpTo } = when;
  const parts = [
    plan && `plan is ${plan.join(' or ')}`,
    task && `task is ${task.join(' or ')}`,
    feature && `feature is ${feature.join(' or ')}`,
    iterationFrom !== undefined && `attempt ${iterationFrom} or later`,
    promptTokensFrom !== undefined && `prompt of ${promptTokensFrom.toLocaleString('en')} tokens or more`,
    budgetLeftPercentUpTo !== undefined && `at most ${budgetLeftPercentUpTo} % of the budget left`,
  ].filter((part) => typeof part === 'string');
  return parts.length === 0 ? 'always' : parts.join(', ');
}
