/** People who are signed in several times on a stack, and what time does to their sessions. */
import { randomUUID } from 'node:crypto';
import type { JWTPayload } from 'jose';
import { callAws } from '#local/front/call.ts';
import { identity } from '#shared/identity/module.ts';
import { formatId, type SessionId, type TenantId, uuidOf } from '#shared/contract/ids.ts';
import { sessionAttributes } from '#shared/limits/session-attributes.ts';
import { gateKeys } from '#shared/limits/keys.ts';
import { members } from '#shared/members/module.ts';
import { sessions } from '#shared/sessions/module.ts';
import type { HttpAnswer } from '../support/http.ts';
import { requestOf } from '../support/request.ts';
import type { BatterySite } from '../support/site.ts';
import type { Person } from '../support/world.ts';

/** One session of somebody. */
export type Held = { person: Person; id: SessionId; token: string };

export type SignedIn = {
  /** A session of a person; `agoSeconds` is how long ago it began. */
  session(person: Person, agoSeconds?: number, claims?: JWTPayload): Promise<Held>;
  /** Calls a function as the session, by several requests at once, so that several instances answer. */
  profile(held: Held, atOnce?: number, headers?: Record<string, string>): Promise<HttpAnswer[]>;
  /** The same inside a tenant, which another function serves. */
  members(held: Held, tenantId: TenantId): Promise<HttpAnswer>;
  list(held: Held): Promise<HttpAnswer>;
  revoke(by: Held, sessionId: string): Promise<HttpAnswer>;
  revokeAll(by: Held, keepCurrent: boolean): Promise<HttpAnswer>;
  revokeDevice(by: Held, deviceId: string): Promise<HttpAnswer>;
  /** Moves when a session ends for want of use to so many seconds from now. */
  moveIdleEnd(held: Held, seconds: number): Promise<void>;
};

/** How the people of a stack behave. */
export function signedInAt(site: BatterySite): SignedIn {
  const { world, http } = site;
  const call = (
    endpoint: Parameters<typeof requestOf>[0]['endpoint'],
    { token }: Held,
    more: Partial<Parameters<typeof requestOf>[0]> = {},
  ) => http.send(requestOf({ endpoint, token, ...more }));
  const { list, revoke, revokeAll, revokeDevice } = sessions.contract;
  return {
    session: async (person, agoSeconds = 0, claims = {}) => {
      const uuid = randomUUID();
      const auth_time = Math.floor(Date.now() / 1000) - agoSeconds;
      const token = await world.token(person, { origin_jti: uuid, auth_time, ...claims });
      return { person, id: formatId('session', uuid), token };
    },
    profile: (held, atOnce = 1, headers = {}) =>
      Promise.all(Array.from({ length: atOnce }, () => call(identity.contract.profile, held, { headers }))),
    members: (held, tenantId) => call(members.contract.list, held, { tenantId }),
    list: (held) => call(list, held),
    revoke: (by, sessionId) => call(revoke, by, { input: { sessionId } }),
    revokeAll: (by, keepCurrent) => call(revokeAll, by, { input: { keepCurrent } }),
    revokeDevice: (by, deviceId) => call(revokeDevice, by, { input: { deviceId } }),
    moveIdleEnd: async ({ person, id }, seconds) => {
      await callAws({
        port: Number(new URL(site.stack.frontUrl).port),
        target: 'DynamoDB_20120810.UpdateItem',
        region: 'us-east-1',
        body: {
          TableName: site.functionOf('sessions').environment.GATE_TABLE,
          Key: { pk: { S: gateKeys.user(person.id) } },
          UpdateExpression: 'SET #s = :s',
          ExpressionAttributeNames: { '#s': sessionAttributes(id).idle },
          ExpressionAttributeValues: { ':s': { N: String(Math.floor(Date.now() / 1000) + seconds) } },
        },
      });
    },
  };
}

/** Whether an answer says that the session is over. */
export function isOver({ status, body }: HttpAnswer): boolean {
  return status === 401 && (body as { code?: string } | undefined)?.code === 'auth.session_ended';
}

/** The security events about a person, by type. */
export async function eventsOf(site: BatterySite, person: Pick<Person, 'id'>, type: string): Promise<number> {
  const { rows } = await site.world.admin.query<{ count: number }>(
    'select count(*)::int as count from app.security_events where user_id = $1 and type = $2',
    [uuidOf(person.id), type],
  );
  return rows[0]?.count ?? 0;
}
