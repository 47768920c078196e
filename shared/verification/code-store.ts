/** One-time codes of people: made at random, kept as keyed hashes, each good for one of its person's requests. */
import { createHmac, randomInt, randomUUID, timingSafeEqual } from 'node:crypto';
import { type CodeChannel, codeLimits } from '../config/verification.ts';
import type { UserId } from '../contract/ids.ts';
import { decideOn } from '../limits/document.ts';
import { gateKeys } from '../limits/keys.ts';
import { linkSecret } from '../tenancy/link-secret.ts';
import {
  type CodeState,
  issue,
  type PendingCode,
  settle,
  type Taken,
  takeSend,
  takeVerify,
} from './codes.ts';

/** When it happens, and until when an answer is of use, in epoch milliseconds. */
export type Moment = { now: Date; deadlineMs: number };

/** Where a code is to go. */
export type Destination = { channel: CodeChannel; address: string };

/** Asks for a code; the answer names it. Any earlier code is dead from here on. */
export async function askForCode(
  user: UserId,
  to: Destination,
  moment: Moment,
): Promise<{ id: string } | Exclude<Taken<never>, { granted: never }>> {
  const id = randomUUID();
  const taken = await decideOn<CodeState, Taken<true>>(
    gateKeys.codes(user),
    (state) => takeSend(state, { id, ...to }, moment.now.getTime()),
    { ...moment, keptSeconds },
  );
  return 'granted' in taken ? { id } : taken;
}

/**
 * Makes the code that was asked for. It exists in what this returns and in the message it is sent with, nowhere else.
 * Undefined when a newer one was asked for, or it is too late. Made twice, only the second one counts.
 */
export async function makeCode(
  user: UserId,
  id: string,
  moment: Moment,
): Promise<{ code: string; to: Destination } | undefined> {
  const code = String(randomInt(10 ** codeLimits.digits)).padStart(codeLimits.digits, '0');
  const hash = codeHash(await linkSecret(), user, id, code);
  const issued = await decideOn<CodeState, PendingCode | undefined>(
    gateKeys.codes(user),
    (state) => issue(state, { id, hash }, moment.now.getTime()),
    { ...moment, keptSeconds },
  );
  if (issued === undefined) return undefined;
  return { code, to: { channel: issued.channel, address: issued.address } };
}

/** What became of a guess: which code it is and where that was sent, or no more than that it is not right. */
export type Verified =
  { right: Destination & { id: string } } | { wrong: true } | Exclude<Taken<never>, { granted: never }>;

/** Takes one verify and compares. A code that is right may have been used before: see {@link settleCode}. */
export async function verifyCode(
  user: UserId,
  guess: { code: string; channel: CodeChannel | undefined },
  moment: Moment,
): Promise<Verified> {
  // Read first: without it nothing can be compared, and then no verify shall be lost.
  const secret = await linkSecret();
  const taken = await decideOn<CodeState, Taken<PendingCode | undefined>>(
    gateKeys.codes(user),
    (state) => takeVerify(state, moment.now.getTime()),
    { ...moment, keptSeconds },
  );
  if ('refused' in taken) return taken;
  const pending = taken.granted;
  const given = codeHash(secret, user, pending?.id ?? '', guess.code);
  // The same work whether or not there is a code.
  const isRight = isSame(given, pending?.hash ?? codeHash(secret, user, '', ''));
  const isMeant = guess.channel === undefined || guess.channel === pending?.channel;
  if (pending?.hash === undefined || !isRight || !isMeant) return { wrong: true };
  return { right: { id: pending.id, channel: pending.channel, address: pending.address } };
}

/**
 * Forgets the failures before a code that was right. Whether it was used before is for the transaction to say that
 * keeps what it proves: a code that is used up here would be lost with a transaction that fails afterwards.
 */
export async function settleCode(user: UserId, id: string, moment: Moment): Promise<void> {
  await decideOn<CodeState, void>(
    gateKeys.codes(user),
    (state) => settle(state, { id }, moment.now.getTime()),
    { ...moment, keptSeconds },
  );
}

/** Longer than any of its limits lasts. */
const keptSeconds = 2 * 3_600;

/** What is kept of a code: of this person's request and no other, so the same digits elsewhere are something else. */
export function codeHash(secret: string, user: UserId, id: string, code: string): string {
  return createHmac('sha256', secret).update(`one-time-code\n${user}\n${id}\n${code}`).digest('hex');
}

function isSame(one: string, other: string): boolean {
  return timingSafeEqual(Buffer.from(one, 'hex'), Buffer.from(other, 'hex'));
}
