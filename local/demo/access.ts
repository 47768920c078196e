/** Who may come in: invitations and API keys of a company, and what the trail says of them. */
import { createHash } from 'node:crypto';
import { daysBefore } from './clock.ts';
import type { Context } from './context.ts';
import { addRows, type Row } from './tables.ts';
import type { Act } from './trail.ts';

/** Adds the invitations. */
export function addInvitations({ company, chance, at, tenantId, first, tables }: Context): Act[] {
  const acts: Act[] = [];
  const rows = company.invited.map(({ email, role, status }): Row => {
    const sentAt = chance.ago(at, status === 'pending' ? chance.between(1, 4) : chance.between(12, 25));
    const id = chance.id(sentAt);
    acts.push({
      at: sentAt,
      by: first,
      action: 'member.invited',
      target: ['invitation', `inv_${id}`],
      after: { role },
    });
    if (status === 'withdrawn') {
      const withdrawn = { action: 'member.invitation_withdrawn', before: { role } };
      acts.push({ at: chance.ago(at, 9), by: first, target: ['invitation', `inv_${id}`], ...withdrawn });
    }
    return {
      ...{ tenant_id: tenantId, id, email, role, status, invited_by: first.id, invited_by_type: 'person' },
      expires_at: daysBefore(sentAt, -7).toISOString(),
      ...{ created_at: sentAt.toISOString(), updated_at: sentAt.toISOString() },
    };
  });
  addRows(tables, 'invitations', rows);
  return acts;
}

/** Adds keys that nobody holds: only the hashes of texts that were never a key. */
export function addKeys({ company, chance, at, tenantId, first, tables }: Context): Act[] {
  const acts: Act[] = [];
  const rows = company.keys.map(({ name, role, fate }): Row => {
    const madeAt = chance.ago(at, chance.between(11, 28));
    const id = chance.id(madeAt);
    const endedAt = chance.ago(at, 6);
    const [environment, random] = [fate === 'test' ? 'test' : 'live', chance.id(madeAt).replaceAll('-', '')];
    const target = ['apiKey', `key_${id}`] as const;
    const facts = { name, role, environment, scopes: null, allowedAddresses: [], expiresAt: null };
    acts.push({ at: madeAt, by: first, action: 'api_key.created', target, after: facts });
    if (fate === 'revoked')
      acts.push({ at: endedAt, by: first, action: 'api_key.revoked', target, before: facts });
    return {
      ...{ tenant_id: tenantId, id, name, environment, role, scopes: null, allowed_addresses: [] },
      prefix: `plk_${environment}_${random.slice(-8)}`,
      hash: `\\x${createHash('sha256').update(random).digest('hex')}`,
      ...{ created_by_type: 'person', created_by: first.id, version: 0 },
      expires_at: fate === 'expiring' ? daysBefore(at, -5).toISOString() : null,
      revoked_at: fate === 'revoked' ? endedAt.toISOString() : null,
      last_used_at: fate === 'used' ? new Date(at.getTime() - 40 * 60_000).toISOString() : null,
      ...{ created_at: madeAt.toISOString(), updated_at: madeAt.toISOString() },
    };
  });
  addRows(tables, 'api_keys', rows);
  return acts;
}
