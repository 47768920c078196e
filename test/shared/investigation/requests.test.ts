/** A request by its id, for the platform's staff. */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { uuidOf } from '#shared/contract/ids.ts';
import { jobRow } from '#shared/db/outbox.ts';
import { sql } from '#shared/db/sql.ts';
import { transact } from '#shared/db/transaction.ts';
import { investigationOps as ops } from '#shared/investigation/investigation.ops.ts';
import { investigation as module } from '#shared/investigation/module.ts';
import { type Actor, callAs, type Kernel, refusal, someone, startKernel } from '../../support/call-as.ts';
import { thingsJobs } from '../middleware/things.ts';
import { kinds, leave } from './leaving.ts';

const investigation = { module, ops };
const support: Actor = { user: someone('Support'), platformRoles: ['platform-support'] };

describe('for the staff', () => {
  let kernel: Kernel;
  beforeAll(async () => {
    kernel = await startKernel('app_platform');
  });
  afterAll(() => kernel.stop());

  const look = (requestId: string, actor = support) =>
    callAs(actor, investigation, 'request', { requestId, reason: 'Ticket 12' });

  test('[OPS-1] all that was kept of it is found, with whose it is and what became of what it set going', async () => {
    const owner = await kernel.found();
    const requestId = randomUUID();
    await leave(kernel, owner, requestId);
    const entry = { tenantId: uuidOf(owner.tenant), userId: uuidOf(owner.user.id), requestId };
    await transact(kernel.database.pool('app_tenant'), entry, async (tx) => {
      tx.record(jobRow(thingsJobs.work, { n: 1 }, undefined));
      await tx.query(sql`insert into app.idempotency_keys (tenant_id, user_id, key, request_hash)
                         values (app.tenant_id(), app.user_id(), 'a key', 'x')`);
    });
    const { items } = await look(requestId);
    expect(kinds(items)).toEqual(
      ['audit', 'dead_letter', 'idempotency_key', 'message', 'security_event', 'work'].sort(),
    );
    expect(new Set(items.map(({ tenantId }) => tenantId))).toEqual(new Set([owner.tenant]));
    expect(items.find(({ kind }) => kind === 'work')).toMatchObject({
      what: 'export',
      facts: { status: 'running' },
    });
    expect(items.find(({ kind }) => kind === 'audit')).toMatchObject({
      what: 'export.created',
      by: { type: 'person', id: owner.user.id },
    });
  });

  test('[PRV-2] nobody’s data comes with it: no reason, no address, no before, no message', async () => {
    const requestId = randomUUID();
    await leave(kernel, await kernel.found(), requestId);
    const { items } = await look(requestId);
    expect(items.length).toBeGreaterThan(3);
    expect(JSON.stringify(items)).not.toMatch(/secret|203\.0\.113/);
  });

  test('[AUD-2] that somebody looked stands in the platform’s trail, with the reason, whether or not there was anything', async () => {
    const requestId = randomUUID();
    expect(await look(requestId)).toEqual({ items: [] });
    const { rows } = await kernel.database.admin.query(
      "select action, reason from app.platform_audit_events where target_id = $1 and target_type = 'request'",
      [requestId],
    );
    expect(rows).toEqual([{ action: 'request.looked_up', reason: 'Ticket 12' }]);
  });

  test('[TEN-5] other functions of the same owner see no more of the trail for it', async () => {
    const requestId = randomUUID();
    await leave(kernel, await kernel.found(), requestId);
    const entry = { tenantId: null, userId: null, requestId: 'test' };
    const setting = await transact(kernel.database.pool('app_platform'), entry, async (tx) => {
      await tx.query(sql`select from app.request_trace(${requestId})`);
      return tx.one<{ traced: string }>(sql`select current_setting('app.traced_request', true) as traced`);
    });
    expect(setting.traced).toBe('');
  });

  test('[ACC-1] no owner of a tenant may ask', async () => {
    const asking = look(randomUUID(), await kernel.found());
    await expect(asking).rejects.toMatchObject(refusal('auth.forbidden'));
  });
});
