/** What people do: seven reads to three writes, spread evenly over many tenants and their people. */
import { randomUUID } from 'node:crypto';
import type { Member, Team } from '#test/support/whole-stack.ts';
import type { Answer, Client, Request } from './http-client.ts';

/** Each kind of call and how many of a hundred are one. */
const shares = {
  getTenant: 20,
  listMembers: 15,
  auditPage: 10,
  profile: 15,
  memberships: 10,
  updateTenant: 10,
  invite: 5,
  withdraw: 5,
  updateProfile: 10,
} as const;

type Kind = keyof typeof shares;

/** Makes the next call of the mix. */
export function mixOf(
  teams: readonly Team[],
  client: Client,
): () => Promise<{ name: string; status: number }> {
  const members = shuffled(teams.flatMap((team) => team.members));
  const kinds = shuffled(
    (Object.keys(shares) as Kind[]).flatMap((kind) => Array.from({ length: shares[kind] }, () => kind)),
  );
  const invited: { member: Member; id: string }[] = [];
  let made = 0;
  return async () => {
    const kind = kinds[made % kinds.length] ?? 'getTenant';
    const member = members[made % members.length];
    made += 1;
    if (member === undefined) throw new Error('no members');
    // What nobody has invited yet cannot be withdrawn.
    const pending = kind === 'withdraw' ? invited.shift() : undefined;
    const name = kind === 'withdraw' && pending === undefined ? 'updateTenant' : kind;
    const { status, body } = await client.send(
      pending === undefined
        ? requestOf(name, member)
        : as(pending.member, 'DELETE', `/v1/invitations/${pending.id}`),
    );
    if (name === 'invite' && status === 201) invited.push({ member, id: idOf({ status, body }) });
    return { name, status };
  };
}

function requestOf(kind: Kind, member: Member): Request {
  switch (kind) {
    case 'getTenant':
      return as(member, 'GET', '/v1/tenant');
    case 'listMembers':
      return as(member, 'GET', '/v1/members');
    case 'auditPage':
      return as(member, 'GET', '/v1/audit-events?limit=50');
    case 'profile':
      return as(member, 'GET', '/v1/me');
    case 'memberships':
      return as(member, 'GET', '/v1/me/memberships');
    case 'updateProfile':
      return as(member, 'PATCH', '/v1/me', { name: `Person ${randomUUID().slice(0, 8)}` });
    case 'invite':
      return as(member, 'POST', '/v1/invitations', {
        email: `guest-${randomUUID()}@load.example`,
        role: 'viewer',
      });
    case 'withdraw':
    case 'updateTenant':
      return as(member, 'PATCH', '/v1/tenant', { name: `Tenant ${randomUUID().slice(0, 8)}` });
  }
}

function as({ token, tenantId }: Member, method: string, path: string, body?: object): Request {
  const text = body === undefined ? undefined : JSON.stringify(body);
  return {
    method,
    path,
    headers: {
      authorization: `Bearer ${token}`,
      'x-tenant-id': `ten_${tenantId}`,
      ...(method === 'POST' ? { 'idempotency-key': randomUUID() } : {}),
      ...(text === undefined
        ? {}
        : { 'content-type': 'application/json', 'content-length': String(Buffer.byteLength(text)) }),
    },
    ...(text === undefined ? {} : { body: text }),
  };
}

function idOf({ body }: Answer): string {
  return (JSON.parse(body) as { id: string }).id;
}

/** In an order without a pattern, and the same in every run. */
function shuffled<T>(values: readonly T[]): T[] {
  let seed = 20_251;
  const next = () => (seed = (seed * 16_807) % 2_147_483_647);
  return values
    .map((value) => ({ value, at: next() }))
    .sort((one, other) => one.at - other.at)
    .map(({ value }) => value);
}
