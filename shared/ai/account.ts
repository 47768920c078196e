/**
 * The account of one call: reserves before each attempt, adds up what attempts cost, and at the end writes the row of
 * the ledger and ends the hold. Wherever it stops in between, the tenant's budgets hold at least what was spent, and
 * the sweep finishes it.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { v7 } from 'uuid';
import { holdGraceMs } from '../config/ai-limits.ts';
import type { Log, LongContext } from '../contract/context.ts';
import { type ApiKeyId, type UserId, uuidOf } from '../contract/ids.ts';
import type { Accounting, Attempt, Spent } from './accounting.ts';
import { alertsDue } from './budgets/alerts.ts';
import type { HoldNote } from './budgets/hold.ts';
import { publishStored } from './budgets/manage.ts';
import { extend, type Moment, type Payer, reserve, type Reserved } from './budgets/reserve.ts';
import { keepForLater, settle } from './budgets/settle.ts';
import { takeCallOfDay } from './day-limit.ts';
import { type Decided, enterAlone, type LedgerEntry } from './ledger/entry.ts';
import { packEntry } from './ledger/kept.ts';
import { tellOnce } from './ledger/tell.ts';
import { noteActive } from './ledger/active.ts';
import type { TokenUsage } from './model-call.ts';
import { priceOf } from './pricing/price-of.ts';
import { worstCase } from './pricing/worst-case.ts';

/** Who pays for a call, and how the database is reached for it. */
export type Paying = {
  payer: Payer;
  userId?: UserId | undefined;
  apiKeyId?: ApiKeyId | undefined;
  feature: string;
  /** The rule that chose the model. */
  rule: string;
  requestId: string;
  /** When the call is given up, in epoch milliseconds. */
  deadlineMs: number;
  /** A short transaction inside the tenant. */
  transact: LongContext['transact'];
  log: Log;
  now: () => Date;
};

/** No more tokens than these go in and come out, in any attempt. */
export type CallBounds = { inputTokens: number; outputTokens: number };

export type Account = Accounting & {
  /** Id of the call and of its row in the ledger: a bare UUID. */
  callId: string;
  /** Closes the account, whatever came of the call; once, and never rejects. Answers what the call cost. */
  close(): Promise<bigint>;
};

const stepMs = 2_000;
/** In a crowd the tenant's item takes one reservation after the other; a model takes longer than that. */
const reserveMs = 5_000;
const none: TokenUsage = { input: 0, output: 0, cacheRead: 0, cacheWrite5m: 0, cacheWrite1h: 0 };

/** Opens the account of a call; nothing is reserved before its first attempt. */
export function openAccount(paying: Paying, bounds: CallBounds): Account {
  const { payer, userId, apiKeyId, feature, rule, requestId, deadlineMs, now } = paying;
  const callId = v7();
  const startedMs = now().getTime();
  const expiresMs = deadlineMs + holdGraceMs;
  let reserved: Reserved | undefined;
  let current: { attempt: Attempt; worstPico: bigint; at: Date } | undefined;
  let [costPico, attempts, usage, exact] = [0n, 0, none, true];
  /** The ledger names the attempt that came last. */
  let note: HoldNote | undefined;
  let closing: Promise<bigint> | undefined;

  const noteOf = ({ provider, model }: Attempt): HoldNote => ({
    ...(userId === undefined ? {} : { userId: uuidOf(userId) }),
    ...(apiKeyId === undefined ? {} : { apiKeyId: uuidOf(apiKeyId) }),
    ...{ feature, provider, model, rule, requestId, startedMs },
  });

  const open = async (attempt: Attempt, amountPico: bigint, moment: Moment): Promise<Reserved> => {
    const giveBack = userId === undefined ? undefined : await takeCallOfDay(userId, moment);
    try {
      await noteActive(payer.id, paying.transact, moment.now);
      const note = noteOf(attempt);
      const publish = () => paying.transact((tx) => publishStored(tx, payer.id, moment.deadlineMs));
      const wish = { payer, spender: note, callId, amountPico, expiresMs, note };
      return await reserve(wish, publish, moment);
    } catch (error) {
      await giveBack?.().catch(() => undefined);
      throw error;
    }
  };

  const close = async (): Promise<bigint> => {
    if (current !== undefined) account.after(current.attempt, 'unknown');
    if (reserved === undefined || note === undefined) return 0n;
    const failed = exact && costPico === 0n && usage === none;
    const entry: LedgerEntry = {
      ...{ id: callId, note, usage, costPico, attempts },
      status: failed ? 'failed' : exact ? 'settled' : 'bounded',
      ...{ reservedPico: reserved.hold.amountPico, latencyMs: now().getTime() - startedMs },
      overBudget: reserved.over.length > 0,
    };
    try {
      await finish(paying, reserved, entry);
    } catch (error) {
      // The hold stands, so the money is counted; the sweep does the rest.
      paying.log.error('a model call was not accounted for at once', { callId, error: nameOf(error) });
    }
    return costPico;
  };

  const account: Account = {
    callId,
    before: async (attempt) => {
      const at = now();
      const worstPico = worstCase(attempt, { ...bounds, from: at, until: new Date(expiresMs) });
      const moment = { now: at, deadlineMs: Math.min(deadlineMs, Date.now() + reserveMs) };
      // What earlier attempts cost, or may have cost, comes on top.
      const amountPico = costPico + worstPico;
      reserved =
        reserved === undefined
          ? await open(attempt, amountPico, moment)
          : await extend(reserved, amountPico, payer, moment);
      note = noteOf(attempt);
      attempts += 1;
      current = { attempt, worstPico, at };
    },
    after: (attempt, spent) => {
      if (current === undefined) throw new Error('an attempt was accounted for twice, or never announced');
      const { worstPico, at } = current;
      current = undefined;
      const counted = costOf(attempt, spent, { bounds, worstPico, at });
      costPico += counted.pico;
      exact &&= counted.exact;
      usage = counted.usage === undefined ? usage : plus(usage, counted.usage);
    },
    close: () => (closing ??= close()),
  };
  return account;
}

/** The row, the end of the hold and the alerts. Rejects where the sweep has to do some of it. */
async function finish(paying: Paying, { hold, budgets }: Reserved, entry: LedgerEntry): Promise<void> {
  let decided: Decided;
  try {
    decided = await twice(() => enterAlone(paying.transact, entry));
  } catch (error) {
    await keepForLater(hold, packEntry(entry), Date.now() + stepMs);
    throw error;
  }
  const amounts = await settle(hold, decided.costPico, Date.now() + stepMs);
  if (amounts === undefined) return;
  const due = alertsDue(budgets, hold.windows, amounts, paying.now());
  if (due.length > 0) await paying.transact((tx) => tellOnce(tx, due));
}

function costOf(
  attempt: Attempt,
  spent: Spent,
  { bounds, worstPico, at }: { bounds: CallBounds; worstPico: bigint; at: Date },
): { pico: bigint; exact: boolean; usage?: TokenUsage } {
  if (spent === 'nothing') return { pico: 0n, exact: true };
  if (spent === 'unknown') return { pico: worstPico, exact: false };
  if (spent.final) return { pico: priceOf(attempt, spent.usage, at), exact: true, usage: spent.usage };
  // What went in is known from the beginning of a stream; what came out unseen is at most all that was allowed.
  const seen =
    spent.usage.input + spent.usage.cacheRead + spent.usage.cacheWrite5m + spent.usage.cacheWrite1h;
  if (seen === 0) return { pico: worstPico, exact: false, usage: spent.usage };
  const most = { ...spent.usage, output: Math.max(spent.usage.output, bounds.outputTokens) };
  return { pico: priceOf(attempt, most, at), exact: false, usage: spent.usage };
}

function plus(one: TokenUsage, other: TokenUsage): TokenUsage {
  return {
    input: one.input + other.input,
    output: one.output + other.output,
    cacheRead: one.cacheRead + other.cacheRead,
    cacheWrite5m: one.cacheWrite5m + other.cacheWrite5m,
    cacheWrite1h: one.cacheWrite1h + other.cacheWrite1h,
  };
}

async function twice<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch {
    await sleep(200);
    return work();
  }
}

function nameOf(error: unknown): string {
  return error instanceof Error ? `${error.name}: ${error.message}` : typeof error;
}
