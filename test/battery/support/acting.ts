/** Support that acts for a member without having been asked for through the API: the row, and the gate's number. */
import { callAws } from '#local/front/call.ts';
import { type ImpersonationId, newId, type TenantId, uuidOf } from '#shared/contract/ids.ts';
import type { GateAddress } from './code.ts';
import type { Person, World } from './world.ts';

/** How far it has come, who of the staff asks, and for whom; strangers and a new member unless told. */
export type ImpersonationStep = {
  status?: 'requested' | 'approved' | 'started' | 'ended';
  staff?: Person;
  member?: Person;
};

/** Stores one of a tenant. */
export async function storeImpersonation(
  world: World,
  gate: GateAddress,
  tenant: TenantId,
  { status = 'requested', staff = world.stranger(), member }: ImpersonationStep,
): Promise<ImpersonationId> {
  const id = newId('impersonation');
  const { id: memberId } = member ?? (await world.member(tenant, 'viewer'));
  const by = status === 'requested' ? null : uuidOf((await world.member(tenant, 'owner')).id);
  const startedAt = status === 'started' || status === 'ended' ? new Date() : null;
  await world.admin.query(
    `insert into app.impersonations (tenant_id, id, staff_id, staff_name, member_id, reason, status, expires_at,
                                     decided_by, decided_at, started_at, ends_at)
     values ($1, $2, $3, $4, $5, 'The battery wants to know', $6, now() + interval '1 day', $7,
             case when $7::uuid is null then null else now() end, $8, $8::timestamptz + interval '30 minutes')`,
    [uuidOf(tenant), uuidOf(id), uuidOf(staff.id), staff.name, uuidOf(memberId), status, by, startedAt],
  );
  if (status === 'started') await letAct(gate, staff, id);
  return id;
}

async function letAct({ port, table }: GateAddress, staff: Person, id: ImpersonationId): Promise<void> {
  await callAws({
    port,
    target: 'DynamoDB_20120810.UpdateItem',
    region: 'us-east-1',
    body: {
      TableName: table,
      Key: { pk: { S: `U#${uuidOf(staff.id)}` } },
      UpdateExpression: 'SET #until = :until',
      ExpressionAttributeNames: { '#until': `i${uuidOf(id).replaceAll('-', '')}` },
      ExpressionAttributeValues: { ':until': { N: String(Math.floor(Date.now() / 1000) + 1_800) } },
    },
  });
}
