/**
 * Messages to people (LIM-1): so many a day to one recipient, so many a day of a tenant on each channel, and on all of
 * them together, which is the meter `messages`. A message is counted when it is asked for, in two conditional updates,
 * the recipient's first: whoever has had enough costs the tenant nothing. The second one's refusal gives the first one
 * back. Who the recipient is stands nowhere: their item is found by a digest that takes the link secret to make.
 */
import { createHmac } from 'node:crypto';
import { type MessageChannel, messageLimits, type MessageLimits } from '../config/plans.ts';
import type { JobContext } from '../contract/context.ts';
import { Failure, fail, problems } from '../contract/errors.ts';
import { uuidOf } from '../contract/ids.ts';
import { securityEventRow } from '../audit/security-events.ts';
import type { TenantFacts } from '../tenancy/entry.ts';
import { linkSecret } from '../tenancy/link-secret.ts';
import { type Counter, type Counts, leftOf, type LimitState } from './counters.ts';
import type { Moment } from './gate.ts';
import { read, send, updateOf } from './item.ts';
import { type GateKey, gateKeys } from './keys.ts';
import { messagesOf } from './parties.ts';
import { giveBackUsage, takeUsage, usedUp, type UsageReceipt } from './usage.ts';
import { isOver, usageWindow } from './windows.ts';

/** To whom a message goes, and how; the address in the one form in which it is compared. */
export type MessageTo = { channel: MessageChannel; address: string };

/** Where the tenant's limits stand, and what to give back when nothing is sent after all. */
export type TakenMessage = { states: LimitState[]; receipts: readonly UsageReceipt[] };

/** Longer than a day of any time zone. */
const keptSeconds = 3 * 86_400;
const tries = 8;

/**
 * Counts one message of a tenant.
 * @throws Failure `limit.rate` for the recipient or the channel, `limit.usage` for all channels, with Retry-After
 * @throws Failure `dependency.unavailable` when the table cannot be reached: nothing is sent uncounted
 */
export async function takeMessage(tenant: TenantFacts, to: MessageTo, moment: Moment): Promise<TakenMessage> {
  const limits = messagesOf(tenant);
  const day = usageWindow('day', tenant.settings.timeZone, moment.now);
  const whom = await digestOf(to.address);
  const ofRecipient = recipientCounter(limits, day);
  const recipient = await takeRecipient(gateKeys.recipient(tenant.id, whom), ofRecipient, moment);
  try {
    const channel = dailyCounter(
      `messages-${to.channel}-day`,
      limits[`${to.channel}PerDay`],
      day,
      to.channel,
    );
    const taken = await takeUsage(tenant, 'messages', 1, moment, [channel]);
    return { states: taken.states, receipts: [recipient, taken.receipt] };
  } catch (error) {
    await giveBackMessage([recipient], moment.deadlineMs);
    throw error;
  }
}

/**
 * Refuses a message that is no tenant's when its recipient has had enough today; counts nothing. For what costs
 * somebody something before it is known that it can be sent at all.
 * @throws what `takePersonalMessage` throws
 */
export async function assertRecipientHasRoom(to: MessageTo, moment: Moment): Promise<void> {
  const { key, counter } = await personal(to, moment);
  const found = await read(key, moment.deadlineMs);
  if (leftOf(counter, found) <= 0) throw usedUp(counter, found, occurrenceOf(counter, key));
}

/**
 * Counts one message that is no tenant's, as a one-time code of a person: by its recipient alone, whoever asks for it.
 * @throws Failure `limit.rate` with Retry-After
 * @throws Failure `dependency.unavailable` when the table cannot be reached: nothing is sent uncounted
 */
export async function takePersonalMessage(to: MessageTo, moment: Moment): Promise<void> {
  const { key, counter } = await personal(to, moment);
  await takeRecipient(key, counter, moment);
}

/** Gives back what was not sent. What cannot be given back stays counted: a message less, and never one too many. */
export async function giveBackMessage(receipts: readonly UsageReceipt[], deadlineMs: number): Promise<void> {
  for (const receipt of receipts) await giveBackUsage(receipt, deadlineMs).catch(() => undefined);
}

/**
 * Sends a message that nobody waits for, as an alert to an owner, unless a limit is reached: then it is not sent and
 * not tried again, and security learns of it once. What could not be sent is not counted.
 */
export async function sendCounted(
  ctx: Pick<JobContext, 'messageId' | 'tx' | 'log' | 'now'>,
  tenant: TenantFacts,
  to: MessageTo,
  sending: () => Promise<void>,
): Promise<void> {
  const moment = { now: ctx.now(), deadlineMs: Date.now() + patienceMs };
  let taken: TakenMessage;
  try {
    taken = await takeMessage(tenant, to, moment);
  } catch (error) {
    if (!(error instanceof Failure) || error.detail.securityEvent === undefined) throw error;
    const { securityEvent, policy } = error.detail;
    ctx.log.warn('message not sent: its limit is reached', { policy, channel: to.channel });
    const by = { tenantId: uuidOf(tenant.id), userId: null, requestId: ctx.messageId };
    await ctx.tx.query(securityEventRow(securityEvent, { ...by, source: { ip: '', userAgent: '' } }));
    return;
  }
  try {
    await sending();
  } catch (error) {
    await giveBackMessage(taken.receipts, Date.now() + patienceMs);
    throw error;
  }
}

/** A worker may wait longer than a caller. */
const patienceMs = 5_000;

type Day = ReturnType<typeof usageWindow>;

function dailyCounter(policy: string, limit: number, day: Day, of: string): Counter {
  const { attribute, resetSeconds } = day;
  return {
    ...{ kind: 'rate', policy, limit, windowSeconds: 86_400, resetSeconds },
    attribute: `${attribute}${of}`,
  };
}

function recipientCounter({ recipientPerDay }: MessageLimits, day: Day): Counter {
  return dailyCounter('messages-recipient-day', recipientPerDay, day, '');
}

/** Where a message is counted that is no tenant's; its day is that of UTC. */
async function personal(to: MessageTo, { now }: Moment): Promise<{ key: GateKey; counter: Counter }> {
  const key = gateKeys.codeRecipient(await digestOf(to.address));
  return { key, counter: recipientCounter(messageLimits.basic, usageWindow('day', 'UTC', now)) };
}

async function takeRecipient(
  key: GateKey,
  counter: Counter,
  { now, deadlineMs }: Moment,
): Promise<UsageReceipt> {
  const { attribute, limit } = counter;
  // What a read found of days that are over goes with the next write.
  let found: Counts = {};
  for (let attempt = 1; attempt <= tries; attempt += 1) {
    const update = updateOf(key);
    update.add(attribute, 1);
    update.unless((n, v) => `${n(attribute)} >= ${v(limit)}`);
    update.set('ttl', Math.floor(now.getTime() / 1000) + keptSeconds);
    for (const finished of Object.keys(found).filter((name) => isOver(name, now))) update.remove(finished);
    // A limit of nothing is no condition on a counter that is not there yet.
    const taken = limit > 0 ? await send(update, deadlineMs) : undefined;
    if (taken !== undefined) return { key, attributes: [attribute], amount: 1 };
    found = await read(key, deadlineMs);
    if (leftOf(counter, found) <= 0) throw usedUp(counter, found, occurrenceOf(counter, key));
    // Something was given back between the two: whoever has room is not refused.
  }
  throw fail(problems.unavailable);
}

/** One breach for each recipient and day. */
function occurrenceOf({ attribute }: Counter, key: GateKey): string {
  return `${attribute} ${key}`;
}

async function digestOf(address: string): Promise<string> {
  return createHmac('sha256', await linkSecret())
    .update(`message-recipient\n${address}`)
    .digest('hex');
}
