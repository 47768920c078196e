/** Reads the mail that a stack sent, for the steps in which a person looks into their mailbox. */
import { setTimeout as sleep } from 'node:timers/promises';
import * as z from 'zod';

const mailboxSchema = z.object({ messages: z.array(z.object({ text: z.string() })) });

/**
 * What a pattern's first group captures in the newest mail to an address that fits; waits for it.
 * @throws Error naming the address when nothing has come in time
 */
export async function readMail(
  mailboxUrl: string,
  to: string,
  wanted: RegExp,
  timeoutMs = 20_000,
): Promise<string> {
  const url = `${mailboxUrl}/messages?to=${encodeURIComponent(to)}`;
  const deadline = Date.now() + timeoutMs;
  for (;;) {
    const answer = await fetch(url, { headers: { accept: 'application/json' } });
    const { messages } = mailboxSchema.parse(await answer.json());
    const found = messages.map(({ text }) => wanted.exec(text)?.[1]).find((match) => match !== undefined);
    if (found !== undefined) return found;
    if (Date.now() > deadline) {
      throw new Error(
        `no mail to ${to} fits ${String(wanted)} after ${timeoutMs} ms; got ${messages.length}`,
      );
    }
    await sleep(100);
  }
}
