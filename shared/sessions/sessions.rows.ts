/** Rows of sessions and devices as Postgres returns them. */
import type { z } from 'zod';
import { formatId, type SessionId } from '../contract/ids.ts';
import type { deviceSchema, sessionSchema } from './sessions.contract.ts';

/** A row of `app.sessions`. */
export type SessionRow = {
  id: string;
  device_id: string | null;
  client: string;
  last_ip: string | null;
  started_at: Date;
};

/** A row of `app.devices`. */
export type DeviceRow = {
  id: string;
  name: string;
  os: string | null;
  app_version: string | null;
  ip: string | null;
  first_seen_at: Date;
  last_seen_at: Date;
};

/** What the gate's store knows of a session that is alive. */
export type Liveness = { lastSeenAt: Date; idleEndsAt: Date; endsAt: Date };

/** A session as the contract shows it. */
export function toSession(
  row: SessionRow,
  live: Liveness,
  current: SessionId | undefined,
): z.output<typeof sessionSchema> {
  const id = formatId('session', row.id);
  return {
    id,
    isCurrent: id === current,
    client: row.client,
    deviceId: row.device_id === null ? null : formatId('device', row.device_id),
    ip: row.last_ip,
    startedAt: row.started_at.toISOString(),
    lastSeenAt: live.lastSeenAt.toISOString(),
    idleEndsAt: live.idleEndsAt.toISOString(),
    endsAt: live.endsAt.toISOString(),
    impersonation: null,
  };
}

/** What `app.impersonations_of_caller` returns. */
export type ActingRow = {
  id: string;
  tenant_id: string;
  staff_name: string;
  reason: string;
  started_at: Date;
  ends_at: Date;
};

/** Support acting for the caller, as a session among the others. */
export function toActingSession(row: ActingRow): z.output<typeof sessionSchema> {
  const [startedAt, endsAt] = [row.started_at.toISOString(), row.ends_at.toISOString()];
  return {
    ...{ id: formatId('session', row.id), isCurrent: false, client: 'Support', deviceId: null, ip: null },
    // Nothing renews it, so it is never idle for longer than it lasts.
    ...{ startedAt, lastSeenAt: startedAt, idleEndsAt: endsAt, endsAt },
    impersonation: {
      ...{ staffName: row.staff_name, reason: row.reason },
      tenantId: formatId('tenant', row.tenant_id),
    },
  };
}

/** A device as the contract shows it, with its sessions that are alive. */
export function toDevice(row: DeviceRow, live: readonly Liveness[]): z.output<typeof deviceSchema> {
  const seen = [row.last_seen_at, ...live.map(({ lastSeenAt }) => lastSeenAt)];
  return {
    id: formatId('device', row.id),
    name: row.name,
    os: row.os,
    appVersion: row.app_version,
    ip: row.ip,
    firstSeenAt: row.first_seen_at.toISOString(),
    lastSeenAt: new Date(Math.max(...seen.map((at) => at.getTime()))).toISOString(),
    sessions: live.length,
  };
}
