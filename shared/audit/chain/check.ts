/**
 * Checking the chain over a tenant's audit trail (AUD-1), a page at a time: `app.check_audit` compares each link with
 * the one before and with its row, and looks for rows without a link.
 */
import type { Transaction } from '../../contract/context.ts';
import { formatId } from '../../contract/ids.ts';
import type { SecurityEvent } from '../../contract/security-event.ts';
import { sql } from '../../db/sql.ts';
import type { findingKinds } from '../audit.contract.ts';

/** One thing that is wrong, with the link or the row where it is. */
export type Finding = {
  kind: (typeof findingKinds)[number];
  sequence: number | null;
  /** A bare UUID. */
  eventId: string | null;
};

/** How far a check is: the last link and the last row that it looked at. */
export type Place = { sequence: number; event: string | null };

/** Where every check begins. */
export const beginning: Place = { sequence: 0, event: null };

export type CheckedPage = { findings: Finding[]; place: Place; ended: boolean };

/** Looks at so many links and rows after a place, inside the tenant that was entered. */
export async function checkPage(tx: Transaction, after: Place, most: number): Promise<CheckedPage> {
  const rows = await tx.query<CheckRow>(sql`
    select kind, sequence, event_id, last_sequence, last_event, ended
    from app.check_audit(${after.sequence}::bigint, ${after.event}::uuid, ${most}::integer)`);
  const end = rows.find(({ kind }) => kind === null);
  if (end === undefined || end.last_sequence === null)
    throw new Error('the check did not say where it ended');
  return {
    findings: rows.flatMap(({ kind, sequence, event_id: eventId }) =>
      kind === null ? [] : [{ kind, sequence: sequence === null ? null : Number(sequence), eventId }],
    ),
    place: { sequence: Number(end.last_sequence), event: end.last_event },
    ended: end.ended === true,
  };
}

/** A finding is one security event, however often it is found again. */
export function tamperingEvent({ kind, sequence, eventId }: Finding): SecurityEvent {
  const event = eventId === null ? null : formatId('auditEvent', eventId);
  return {
    type: 'audit_tampered',
    subject: kind,
    detail: { sequence, eventId: event },
    occurrence: `${sequence ?? ''} ${eventId ?? ''}`,
  };
}

type CheckRow = {
  /** Null in the row that says where the page ended. */
  kind: Finding['kind'] | null;
  sequence: string | null;
  event_id: string | null;
  last_sequence: string | null;
  last_event: string | null;
  ended: boolean | null;
};
