/** A model answers, whole and in pieces, and what each answer cost stands in the ledger; nothing goes over the budget. */
import { registry } from '#shared/registry.ts';
import { holds, refused, same } from '../check.ts';
import { as, type Person } from '../people.ts';
import type { Step } from '../smoke.ts';
import type { Stack } from '../stack.ts';
import type { People } from './arrival.ts';
import type { Tenants } from './tenants.ts';

const question = {
  feature: 'chat' as const,
  maxTokens: 32,
  messages: [{ role: 'user' as const, content: 'Say hello.' }],
};

export async function askModels(
  step: Step,
  stack: Stack,
  { owner }: People,
  { ours }: Tenants,
): Promise<void> {
  const { ai } = as(owner, stack, ours.id);
  const answer = await step('a model answers, and says what that cost', async () => {
    const answered = await ai.complete(question);
    holds(answered.text !== '' && answered.usage.output > 0, 'the answer is empty');
    same(answered.rule, 'plan-basic', 'the rule that chose the model');
    return answered;
  });
  await step('a model answers in pieces, and ends with what that cost', async () => {
    const text = await listen(stack, owner, ours.id);
    holds(/^event: start\n/.test(text) && /\nevent: done\ndata: .*"cost":"/.test(text), text.slice(0, 300));
  });
  await step('both stand in the ledger, at the same price', async () => {
    const { items } = await ai.calls({});
    same(items.length, 2, 'the calls');
    const [found] = items.filter(({ id }) => id === answer.callId);
    same([found?.cost, found?.model], [answer.cost, answer.model], 'the first');
  });
  await step('beyond its budget nothing is asked', async () => {
    await ai.setBudget({ scope: 'tenant', window: 'month', limit: '0.000000000001' });
    await refused(ai.complete(question), { status: 429, code: 'limit.budget' });
    await ai.removeBudget({ scope: 'tenant', window: 'month' });
  });
}

/** All events of an answer. */
async function listen(stack: Stack, { accessToken }: Person, tenantId: string): Promise<string> {
  const { path, method } = registry.ai.contract.stream;
  const answer = await fetch(stack.apiUrl.replace(/\/$/, '') + path, {
    method,
    headers: {
      ...{ authorization: `Bearer ${accessToken}`, 'x-tenant-id': tenantId },
      ...{ 'content-type': 'application/json', 'idempotency-key': crypto.randomUUID() },
    },
    body: JSON.stringify(question),
  });
  return answer.text();
}
