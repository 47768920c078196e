/** The people of the story: how they get an account, and how they call the API. */
import { randomBytes } from 'node:crypto';
import type { Browser } from '#local/browser.ts';
import { browserFor, signUp, type Tokens } from '#local/sign-in.ts';
import { type Client, createClient } from '#shared/contract/client.ts';
import type { TenantId } from '#shared/contract/ids.ts';
import { registry } from '#shared/registry.ts';
import { readMail } from './mailbox.ts';
import { patientFetch } from './patient-fetch.ts';
import type { Stack } from './stack.ts';

/** Somebody who can call the API; with an account of their own unless only a token was given. */
export type Person = { accessToken: string; account: Account | undefined };

export type Account = { email: string; password: string; browser: Browser; tokens: Tokens };

/** A stack where people can sign up, because their mail can be read. */
export type StackWithMail = Stack & { mailboxUrl: string };

/** Signs up, reads the code in the mailbox, confirms, signs in. */
export async function newPerson(stack: StackWithMail, name: string): Promise<Person & { account: Account }> {
  const email = `${name.toLowerCase()}-${randomBytes(4).toString('hex')}@smoke.example`;
  const password = newPassword();
  const browser = browserFor(stack);
  const readCode = () => readMail(stack.mailboxUrl, email, /\b(\d{6})\b/);
  const tokens = await signUp({ ...stack, email, password, name, browser, readCode });
  return { accessToken: tokens.accessToken, account: { email, password, browser, tokens } };
}

/** The typed client as this person, inside one of their tenants when one is named. */
export function as(person: Person, stack: Stack, tenantId?: TenantId): Client<typeof registry> {
  return createClient(registry, {
    baseUrl: stack.apiUrl,
    accessToken: () => person.accessToken,
    tenantId: () => tenantId,
    fetch: patientFetch,
  });
}

function newPassword(): string {
  // Random, with all four kinds of characters that the password policy may ask for.
  return `${randomBytes(12).toString('base64url')}-aA1`;
}
