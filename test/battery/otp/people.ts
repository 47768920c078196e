/** People with one-time codes on a stack: what they ask for, what reaches their phones, and what is kept of it. */
import { setTimeout as sleep } from 'node:timers/promises';
import { callAws } from '#local/front/call.ts';
import { functions } from '#local/template/readers.ts';
import { uuidOf } from '#shared/contract/ids.ts';
import { verification } from '#shared/verification/module.ts';
import type { HttpAnswer } from '../support/http.ts';
import { requestOf } from '../support/request.ts';
import type { BatterySite } from '../support/site.ts';
import type { Person } from '../support/world.ts';

/** Somebody with a phone of their own. */
export type Owner = { person: Person; token: string; phone: string };

export type People = {
  owner(): Promise<Owner>;
  send(who: Owner): Promise<HttpAnswer>;
  verify(who: Owner, code: string): Promise<HttpAnswer>;
  /** The codes that have reached a phone, in their order; waits until there are so many. */
  codes(who: Owner, count: number): Promise<string[]>;
  /** Asks for a code and waits for it. */
  newCode(who: Owner): Promise<string>;
  /** Lets the code of a person end now. */
  expire(who: Owner): Promise<void>;
};

const patienceMs = 60_000;

export function peopleOf(site: BatterySite): People {
  let phones = 0;
  const { send, verify } = verification.contract;
  const people: People = {
    owner: async () => {
      const person = site.world.stranger();
      phones += 1;
      const phone = `+4477${String(phones).padStart(8, '0')}`;
      return { person, phone, token: await site.world.token(person) };
    },
    send: ({ token, phone }) =>
      site.http.send(requestOf({ endpoint: send, token, input: { channel: 'sms', address: phone } })),
    verify: ({ token }, code) => site.http.send(requestOf({ endpoint: verify, token, input: { code } })),
    codes: async ({ phone }, count) => {
      const until = Date.now() + patienceMs;
      for (;;) {
        const mails = site.stack.mail.list({ to: phone }).toReversed();
        if (mails.length >= count) return mails.map(({ text }) => /\d{6}/.exec(text)?.[0] ?? '');
        if (Date.now() > until) throw new Error(`${phone} got ${mails.length} codes of ${count}`);
        await sleep(20);
      }
    },
    newCode: async (who) => {
      const before = site.stack.mail.list({ to: who.phone }).length;
      const { status, text } = await people.send(who);
      if (status !== 202) throw new Error(`no code was sent: ${status} ${text}`);
      const all = await people.codes(who, before + 1);
      return all.at(-1) ?? '';
    },
    expire: ({ person }) => expire(site, `O#${uuidOf(person.id)}`),
  };
  return people;
}

/** A code that this is not. */
export function wrongOf(code: string, offset: number): string {
  return String((Number(code) + 1 + offset) % 1_000_000).padStart(6, '0');
}

type Item = { Item?: { document: { S: string }; version: { N: string } } };

/** As the runtime itself, past the code that is examined. */
async function expire({ stack }: BatterySite, pk: string): Promise<void> {
  const { GATE_TABLE: table } = functions(stack.cell).find(({ name }) => name.endsWith('-http-verification'))
    ?.environment ?? { GATE_TABLE: '' };
  const call = <Answer>(action: string, body: object) =>
    callAws<Answer>({
      port: Number(new URL(stack.frontUrl).port),
      target: `DynamoDB_20120810.${action}`,
      region: 'us-east-1',
      body: { TableName: table, Key: { pk: { S: pk } }, ...body },
    });
  const { Item: item } = await call<Item>('GetItem', { ConsistentRead: true });
  const state = JSON.parse(item?.document.S ?? '{}') as { code?: { goodUntil: number } };
  if (state.code === undefined) throw new Error('there is no code to expire');
  state.code.goodUntil = Date.now() - 1;
  await call('UpdateItem', {
    UpdateExpression: 'SET #document = :document',
    ExpressionAttributeNames: { '#document': 'document' },
    ExpressionAttributeValues: { ':document': { S: JSON.stringify(state) } },
  });
}
