/**
 * A hold: money that is reserved for one call. It stands in the tenant's item under a name that begins with the
 * moment at which it is over, and carries what its row in the ledger needs, so that whoever finds it after a crash
 * can finish what its call began.
 */
import type { TenantId } from '../../contract/ids.ts';

/** What the ledger will say of the call. Ids are bare UUIDs. */
export type HoldNote = {
  userId?: string;
  apiKeyId?: string;
  feature: string;
  provider: string;
  model: string;
  rule: string;
  requestId: string;
  /** When the call began, in epoch milliseconds. */
  startedMs: number;
};

export type Hold = {
  tenantId: TenantId;
  /** The id of the call, and of its row in the ledger: a bare UUID. */
  callId: string;
  amountPico: bigint;
  expiresMs: number;
  /** Names of the windows that it is counted in: day and month. */
  windows: readonly [string, string];
  /** Tags of the scopes that it is counted for. */
  tags: readonly string[];
  note: HoldNote;
};

/** The attribute that a hold stands in. */
export function holdName({ callId, expiresMs }: Pick<Hold, 'callId' | 'expiresMs'>): string {
  return `h${Math.ceil(expiresMs / 1_000)}_${callId.replaceAll('-', '')}`;
}

/** The attribute beside it that says what the ledger shall say, while the ledger cannot be reached. */
export function keptName({ callId }: Pick<Hold, 'callId'>): string {
  return `l${callId.replaceAll('-', '')}`;
}

/** Whether an attribute is a hold, and when it is over. */
export function expiryOf(attribute: string): number | undefined {
  const [, seconds] = /^h(\d+)_[0-9a-f]{32}$/.exec(attribute) ?? [];
  return seconds === undefined ? undefined : Number(seconds) * 1_000;
}

type Packed = { a: string; w: [string, string]; t: string[]; n: HoldNote };

export function packHold({ amountPico, windows, tags, note }: Hold): string {
  return JSON.stringify({ a: String(amountPico), w: [...windows], t: [...tags], n: note });
}

export function unpackHold(tenantId: TenantId, attribute: string, text: string): Hold {
  const { a, w, t, n } = JSON.parse(text) as Packed;
  const hex = attribute.slice(attribute.indexOf('_') + 1);
  const callId = hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
  return {
    ...{ tenantId, callId, expiresMs: expiryOf(attribute) ?? 0 },
    ...{ amountPico: BigInt(a), windows: w, tags: t, note: n },
  };
}

/** The counter of a scope in a window: all that was spent, and all that is reserved. */
export const committedName = (window: string, tag: string): string => `${window}_${tag}`;

/** The counter of what was spent alone. */
export const spentName = (window: string, tag: string): string => `s${window}_${tag}`;

/** The counters that a hold is counted in, by the way they are named. */
export function countersOf(
  { windows, tags }: Pick<Hold, 'windows' | 'tags'>,
  name = committedName,
): string[] {
  return windows.flatMap((window) => tags.map((tag) => name(window, tag)));
}
