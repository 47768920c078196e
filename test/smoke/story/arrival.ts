/** Two people who do not know each other get an account and a token each. */
import { same } from '../check.ts';
import { as, newPerson, type Person, type StackWithMail } from '../people.ts';
import type { SmokeOptions, Step } from '../smoke.ts';
import type { Stack } from '../stack.ts';

/** The owner of the tenant that the story is about, and a stranger. */
export type People = { owner: Person; stranger: Person };

export async function arrive(step: Step, stack: Stack, given: SmokeOptions): Promise<People> {
  await step('the deployment is healthy', async () => {
    const nobody: Person = { accessToken: '', account: undefined };
    same((await as(nobody, stack).health.check({})).status, 'ok', 'health');
  });
  if (hasMail(stack)) return signTwoUp(step, stack);
  step.skip('people sign up', 'this deployment’s mail cannot be read');
  return step('two people have tokens', async () => ({
    owner: await holder(stack, given.tokenA, '--token-a'),
    stranger: await holder(stack, given.tokenB, '--token-b'),
  }));
}

/** Whether people can sign up in the story, because their mail can be read. */
export function hasMail(stack: Stack): stack is StackWithMail {
  return stack.mailboxUrl !== undefined;
}

async function signTwoUp(step: Step, stack: StackWithMail): Promise<People> {
  const owner = await step('a person signs up, confirms the mailed code and signs in', () =>
    newPerson(stack, 'Owner'),
  );
  await step('the API knows who they are', async () => {
    const { email } = await as(owner, stack).identity.profile({});
    same(email, owner.account.email, 'the profile’s e-mail address');
  });
  const stranger = await step('a stranger signs up', () => newPerson(stack, 'Stranger'));
  return { owner, stranger };
}

async function holder(stack: Stack, accessToken: string | undefined, option: string): Promise<Person> {
  if (accessToken === undefined) throw new Error(`give an access token with ${option}`);
  const person: Person = { accessToken, account: undefined };
  await as(person, stack).identity.profile({});
  return person;
}
