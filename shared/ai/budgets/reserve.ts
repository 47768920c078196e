/**
 * Reserves money before it is spent: one conditional update that has room in every budget of the call, or nothing is
 * reserved at all. Budgets are remembered under their version; an update under an older one is refused and done anew.
 */
import type { Plan } from '../../config/plans.ts';
import { fail, problems } from '../../contract/errors.ts';
import type { TenantId } from '../../contract/ids.ts';
import { usageWindow } from '../../limits/windows.ts';
import { budgetReached, budgetWindows } from '../money.contract.ts';
import { type Budget, inForce, limitAt, type Scope, scopesOf, type Spender, tagOf } from './budget.ts';
import { committedName, countersOf, type Hold, holdName, type HoldNote, packHold } from './hold.ts';
import { settle } from './settle.ts';
import { type BudgetItem, readItem, versionName, type Writing, writeItem } from './item.ts';

/** What is known of the tenant that pays. */
export type Payer = { id: TenantId; plan: Plan; timeZone: string };

export type Wish = {
  payer: Payer;
  spender: Spender;
  callId: string;
  amountPico: bigint;
  expiresMs: number;
  note: HoldNote;
};

export type Moment = { now: Date; deadlineMs: number };

/** Publishes the budgets that the database knows of; asked for when the item has none. */
export type Publish = () => Promise<void>;

export type Reserved = {
  hold: Hold;
  /** Budgets that this call goes beyond, where their policy lets it. */
  over: readonly Budget[];
  /** The budgets of the call. */
  budgets: readonly Budget[];
};

const tries = 12;
const undoMs = 1_000;

/** What this instance last saw published. Versions are in the conditions, so it is only ever too old, never wrong. */
const known = new Map<TenantId, { version: number; budgets: readonly Budget[] }>();
const mostKnown = 2_000;

/**
 * Reserves an amount against every budget of a call.
 * @throws Failure `limit.budget` with Retry-After when one of them has no room
 * @throws Failure `dependency.unavailable` when the table cannot be reached: never open
 */
export async function reserve(wish: Wish, publish: Publish, moment: Moment): Promise<Reserved> {
  const { payer, callId, expiresMs, amountPico, note } = wish;
  let published = known.get(payer.id) ?? (await learn(payer.id, publish, moment));
  for (let attempt = 1; attempt <= tries; attempt += 1) {
    const asked = askedOf(wish, published.budgets, moment.now);
    const hold: Hold = {
      ...{ tenantId: payer.id, callId, amountPico, expiresMs, note },
      ...{ windows: windowsAt(payer, moment.now), tags: asked.tags },
    };
    const name = holdName(hold);
    const writing = writeItem(
      payer.id,
      {
        set: { [name]: packHold(hold) },
        add: Object.fromEntries(countersOf(hold).map((counter) => [counter, amountPico])),
        when: [
          (n) => `attribute_not_exists(${n(name)})`,
          (n, v) => `${n(versionName)} = ${v(BigInt(published.version))}`,
          ...roomConditions(asked.rooms),
        ],
      },
      moment.deadlineMs,
    );
    const written = await writing.catch(async (error: unknown) => {
      // It may have been carried out. Nothing was spent on it, so it shall not wait for its end.
      await settle(hold, 0n, Date.now() + undoMs).catch(() => undefined);
      throw error;
    });
    if (written !== undefined) return reservedAs(hold, asked, written);
    const item = await readItem(payer.id, moment.deadlineMs);
    // The update was carried out, and its answer lost.
    if (item.texts.has(name)) return reservedAs(hold, asked, item.amounts);
    if (item.version !== published.version) {
      published = await learn(payer.id, publish, moment, item);
      continue;
    }
    const full = asked.rooms.find(({ counter, room }) => (item.amounts.get(counter) ?? 0n) > room);
    if (full !== undefined) throw refusal(full.budget, payer, moment.now);
    // Something was given back between the two: whoever has room is not refused.
  }
  throw fail(problems.unavailable);
}

/**
 * Reserves more for a call that has a hold, before anything dearer is tried.
 * @throws Failure as `reserve` does; the hold then stays as it was
 */
export async function extend(
  reserved: Reserved,
  amountPico: bigint,
  payer: Payer,
  moment: Moment,
): Promise<Reserved> {
  const { hold, budgets } = reserved;
  const more = amountPico - hold.amountPico;
  if (more <= 0n) return reserved;
  const name = holdName(hold);
  const rooms = roomsOf(budgets, { windows: hold.windows, amountPico: more }, moment.now);
  const extended = { ...hold, amountPico };
  for (let attempt = 1; attempt <= tries; attempt += 1) {
    const writing: Partial<Writing> = {
      set: { [name]: packHold(extended) },
      add: Object.fromEntries(countersOf(hold).map((counter) => [counter, more])),
      when: [(n, v) => `${n(name)} = ${v(packHold(hold))}`, ...roomConditions(rooms)],
    };
    if ((await writeItem(hold.tenantId, writing, moment.deadlineMs)) !== undefined) {
      return { ...reserved, hold: extended };
    }
    const item = await readItem(hold.tenantId, moment.deadlineMs);
    const now = item.texts.get(name);
    if (now === packHold(extended)) return { ...reserved, hold: extended };
    // Expired and accounted for: nothing may be spent on it any more.
    if (now === undefined) throw fail(problems.unavailable);
    const full = rooms.find(({ counter, room }) => (item.amounts.get(counter) ?? 0n) > room);
    if (full !== undefined) throw refusal(full.budget, payer, moment.now);
  }
  throw fail(problems.unavailable);
}

/** The windows that a payer is in. */
export function windowsAt({ timeZone }: Pick<Payer, 'timeZone'>, now: Date): [string, string] {
  const [day, month] = budgetWindows.map((window) => usageWindow(window, timeZone, now).attribute);
  return [day ?? '', month ?? ''];
}

/** An amount's counter, and the most it may stand at before the amount is added. */
type Room = { budget: Budget; counter: string; room: bigint };

type Asked = { tags: string[]; rooms: Room[]; budgets: readonly Budget[]; overage: Room[] };

function askedOf({ payer, spender, amountPico }: Wish, budgets: readonly Budget[], now: Date): Asked {
  const all = inForce(budgets, payer.plan);
  const isOf = (scope: Scope) => (budget: Budget) =>
    budget.kind === scope.kind && budget.subject === scope.subject;
  const scopes = scopesOf(spender).filter((scope) => scope.kind === 'tenant' || all.some(isOf(scope)));
  const ours = all.filter((budget) => scopes.some((scope) => isOf(scope)(budget)));
  const amount = { windows: windowsAt(payer, now), amountPico };
  return {
    ...{ tags: scopes.map(tagOf), budgets: ours, rooms: roomsOf(ours, amount, now) },
    overage: roomsOf(ours, amount, now, 'overage'),
  };
}

function roomsOf(
  budgets: readonly Budget[],
  { windows: [day, month], amountPico }: Pick<Hold, 'windows' | 'amountPico'>,
  now: Date,
  policy: Budget['policy'] = 'block',
): Room[] {
  return budgets
    .filter((budget) => budget.policy === policy)
    .map((budget) => ({
      budget,
      counter: committedName(budget.window === 'day' ? day : month, tagOf(budget)),
      room: limitAt(budget, now) - amountPico,
    }));
}

function roomConditions(rooms: readonly Room[]): Writing['when'] {
  return rooms.map(
    ({ counter, room }) =>
      (n, v) =>
        // What is not there counts as nothing, and nothing may be too much as well.
        room < 0n
          ? `${n(counter)} <= ${v(room)}`
          : `(attribute_not_exists(${n(counter)}) OR ${n(counter)} <= ${v(room)})`,
  );
}

function reservedAs(hold: Hold, { budgets, overage }: Asked, amounts: ReadonlyMap<string, bigint>): Reserved {
  const over = overage.filter(({ counter, room }) => (amounts.get(counter) ?? 0n) - hold.amountPico > room);
  return { hold, budgets, over: over.map(({ budget }) => budget) };
}

function refusal({ kind, window }: Budget, { timeZone }: Payer, now: Date) {
  const { resetSeconds } = usageWindow(window, timeZone, now);
  return fail(budgetReached, {
    policy: `${kind}-${window}`,
    headers: { 'retry-after': String(resetSeconds) },
  });
}

async function learn(
  tenantId: TenantId,
  publish: Publish,
  { deadlineMs }: Moment,
  seen?: BudgetItem,
): Promise<{ version: number; budgets: readonly Budget[] }> {
  let item = seen ?? (await readItem(tenantId, deadlineMs));
  if (item.version === undefined) {
    await publish();
    item = await readItem(tenantId, deadlineMs);
  }
  // Without budgets nobody knows what may be spent.
  if (item.version === undefined) throw fail(problems.unavailable);
  const learnt = { version: item.version, budgets: item.budgets };
  if (known.size >= mostKnown) known.clear();
  known.set(tenantId, learnt);
  return learnt;
}
