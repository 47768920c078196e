/** What a request tells of its session and device, to be written with its transaction (IDN-4, IDN-5). */
import { type SessionNote, sessionNotes } from '../identity/session-rows.ts';
import { type ApiEvent, type Exchange, header } from './exchange.ts';

/** The rows to write; none for keys, and none where this instance has written the same lately. */
export function sessionNotesOf(
  event: ApiEvent,
  { caller, impersonation, source, startedAt }: Exchange,
): SessionNote[] {
  // The transaction is the member's, whose sessions are not where support signed in.
  if (caller === undefined || impersonation !== undefined) return [];
  const sighting = {
    ...{ user: caller.id, session: caller.session, source },
    deviceId: header(event, 'x-device-id'),
    appVersion: header(event, 'x-app-version'),
    platform: header(event, 'sec-ch-ua-platform'),
  };
  return sessionNotes(sighting, startedAt);
}
