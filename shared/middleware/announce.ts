/**
 * Tells the gate that a configuration moved, after the change and before its COMMIT. Until then the change holds its
 * row, so an instance that learns of the version early waits for it; and when the gate cannot be told, nothing was
 * changed. The database refuses to commit a change that was not announced (migration 0005).
 */
import type { Reconfigured, Transaction } from '../contract/context.ts';
import { uuidOf } from '../contract/ids.ts';
import { sql } from '../db/sql.ts';
import { type GateKey, gateKeys } from '../limits/keys.ts';
import { publishVersion } from '../limits/versions.ts';

/**
 * Publishes the versions of what a transaction changed.
 * @throws Failure `dependency.unavailable` when the gate cannot be told
 */
export async function announce(
  tx: Transaction,
  subjects: readonly Reconfigured[],
  deadlineMs: number,
): Promise<void> {
  for (const subject of subjects) {
    const { key, kind, id } = placeOf(subject);
    const { version } = await tx.one<{ version: string | null }>(
      sql`select app.announce(${kind}, ${id}::uuid) as version`,
    );
    // Nothing there is nothing that anybody could remember.
    if (version !== null) await publishVersion(key, Number(version), deadlineMs);
  }
}

function placeOf(subject: Reconfigured): { key: GateKey; kind: string; id: string | null } {
  if (subject === 'platform') return { key: gateKeys.platform(), kind: 'platform', id: null };
  if ('apiKey' in subject) {
    return { key: gateKeys.apiKey(subject.apiKey), kind: 'api_key', id: uuidOf(subject.apiKey) };
  }
  return { key: gateKeys.tenant(subject.tenant), kind: 'tenant', id: uuidOf(subject.tenant) };
}
