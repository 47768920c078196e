/**
 * Who is signed in where, as rows (IDN-4, IDN-5). They ride along with the first successful request that an instance
 * sees of a session, and again when what they say has changed or is old: never a round trip of their own.
 */
import type { Source, Statement } from '../contract/context.ts';
import { type SessionId, type UserId, uuidOf } from '../contract/ids.ts';
import { sql } from '../db/sql.ts';
import { describeAgent } from './agent.ts';

/** What a request says of where it comes from. */
export type Sighting = {
  user: UserId;
  session: { id: SessionId; startedAt: Date };
  source: Source;
  /** Headers `x-device-id`, `x-app-version` and `sec-ch-ua-platform`; each may be missing or nonsense. */
  deviceId?: string | undefined;
  appVersion?: string | undefined;
  platform?: string | undefined;
};

/** A statement to write with an operation’s transaction; `written` is called once it is committed. */
export type SessionNote = { statement: Statement; written(): void };

/** How old a session's row may become while its requests go on. */
const freshMs = 15 * 60_000;
const mostRemembered = 5_000;

const recorded = new Map<SessionId, { said: string; untilMs: number }>();

/** What is to be written of a session; nothing when this instance has written the same lately. */
export function sessionNotes(sighting: Sighting, now: Date): SessionNote[] {
  const said = JSON.stringify([sighting.source, sighting.deviceId, sighting.appVersion, sighting.platform]);
  const before = recorded.get(sighting.session.id);
  if (before !== undefined && before.said === said && before.untilMs > now.getTime()) return [];
  const written = () => remember(sighting.session.id, { said, untilMs: now.getTime() + freshMs });
  return sessionRows(sighting).map((statement) => ({ statement, written }));
}

/** The rows of a session and its device, for a transaction of its person. */
export function sessionRows(sighting: Sighting): Statement[] {
  const { session, source } = sighting;
  const user = uuidOf(sighting.user);
  const device = uuidIn(sighting.deviceId);
  const agent = describeAgent(source.userAgent, sighting.platform);
  const version = sighting.appVersion?.trim().slice(0, 40) || null;
  // Once ended, a session is never seen again; what still says so is a request that was under way.
  const row = sql`
    insert into app.sessions (user_id, id, device_id, client, user_agent, started_at, first_ip, last_ip)
    values (${user}, ${uuidOf(session.id)}, ${device}, ${agent.name}, ${source.userAgent},
            ${session.startedAt}, ${source.ip}, ${source.ip})
    on conflict (user_id, id) do update
      set device_id = coalesce(excluded.device_id, sessions.device_id), client = excluded.client,
          user_agent = excluded.user_agent, last_ip = excluded.last_ip, recorded_at = now()`;
  if (device === null) return [row];
  // Who signs in again on a device that was revoked has it back.
  const deviceRow = sql`
    insert into app.devices (user_id, id, name, os, app_version, ip)
    values (${user}, ${device}, ${agent.name}, ${agent.os}, ${version}, ${source.ip})
    on conflict (user_id, id) do update
      set name = excluded.name, os = excluded.os, ip = excluded.ip, last_seen_at = now(),
          app_version = coalesce(excluded.app_version, devices.app_version),
          revoked_at = case when devices.revoked_at >= ${session.startedAt} then devices.revoked_at end`;
  return [deviceRow, row];
}

/** Forgets what was written, as a new instance has written nothing; for tests. */
export function forgetSessionRows(): void {
  recorded.clear();
}

function remember(session: SessionId, what: { said: string; untilMs: number }): void {
  recorded.delete(session);
  recorded.set(session, what);
  const oldest = recorded.size > mostRemembered ? recorded.keys().next().value : undefined;
  if (oldest !== undefined) recorded.delete(oldest);
}

function uuidIn(text: string | undefined): string | null {
  const lower = text?.toLowerCase() ?? '';
  return /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(lower) ? lower : null;
}
