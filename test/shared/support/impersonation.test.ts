/** Support acts for a member: what it takes, what is refused, what is left behind, and how it ends (IDN-11, IDN-4). */
import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { formatId } from '#shared/contract/ids.ts';
import { newPerson, type Person } from '#test/support/tokens.ts';
import { storeKey } from '#test/support/stored-key.ts';
import type { Founded } from '#test/shared/db/tenants.ts';
import { type Call, idOf, left, type Stage, staffStepOf, startStage, stepOf } from './stage.ts';

let stage: Stage;
let founded: Founded & { owner: Person };
let member: Person;
let staff: Person;

beforeAll(async () => {
  stage = await startStage();
});
beforeEach(async () => {
  founded = await stage.found();
  member = await stage.join(founded, 'operator');
  staff = newPerson('Sam of support');
});
afterEach(() => {
  jest.useRealTimers();
});
afterAll(() => stage.stop());

const get = (path: string): Call => ({ method: 'GET', path });
const tenant = get('/v1/tenant');
const upTo = (step: 'requested' | 'approved' | 'started') => stage.upTo(step, founded, { staff, member });
const over = { status: 403, body: { code: 'impersonation.ended' } };
const notHere = { status: 403, body: { code: 'impersonation.not_here' } };
const forbidden = { status: 403, body: { code: 'auth.forbidden' } };
const wrongStep = { status: 409, body: { code: 'impersonation.wrong_status' } };

/** Only the clock is moved; what waits for an answer waits as ever. */
function at(date: Date): void {
  const real = ['nextTick', 'setImmediate', 'queueMicrotask', 'setTimeout', 'setInterval'] as const;
  jest.useFakeTimers({ now: date, doNotFake: [...real, 'clearTimeout', 'clearInterval', 'performance'] });
}

describe('what it takes', () => {
  test('[IDN-11] asked with a reason, approved by the tenant and begun, support sees what the member sees', async () => {
    const id = await upTo('started');
    const answer = await stage.acting(id, staff, tenant);
    expect(answer).toMatchObject({ status: 200, body: { id: formatId('tenant', founded.tenantId) } });
    expect(answer.headers['plinth-impersonation']).toMatch(
      new RegExp(`^id="${id}", by="${idOf(staff)}", for="${idOf(member)}", until=@\\d+$`),
    );
    const own = await stage.as(member, founded, tenant);
    expect(own.headers).not.toHaveProperty('plinth-impersonation');
    expect(answer.body).toEqual(own.body);
  });

  test('[IDN-11] the profile is the member’s, says who acts, and tells neither number nor other tenants', async () => {
    const elsewhere = await stage.found();
    const { admin } = stage.chain.database;
    await admin.query("insert into app.memberships (tenant_id, user_id, role) values ($1, $2, 'viewer')", [
      ...[elsewhere.tenantId, member.sub],
    ]);
    await admin.query('update app.users set default_tenant_id = $1 where id = $2', [
      ...[elsewhere.tenantId, member.sub],
    ]);
    await admin.query(
      `insert into app.verified_addresses (user_id, kind, address, channel, code_id)
       values ($1, 'phone', '+447700900777', 'sms', $2)`,
      [member.sub, randomUUID()],
    );
    const id = await upTo('started');
    const { status, body } = await stage.acting(id, staff, get('/v1/me'));
    expect({ status, body }).toMatchObject({
      status: 200,
      body: {
        ...{ id: idOf(member), email: member.email, phone: null },
        defaultTenantId: formatId('tenant', founded.tenantId),
        impersonation: { id, staffId: idOf(staff), reason: 'Ticket 4711' },
      },
    });
    expect(JSON.stringify(body)).not.toContain(elsewhere.tenantId);
    const { rows } = await admin.query('select email from app.users where id = $1', [member.sub]);
    expect(rows).toEqual([{ email: member.email }]);
    expect(await stage.acting(id, staff, get('/v1/me/memberships'))).toMatchObject(notHere);
  });

  test.each(['requested', 'approved'] as const)('[IDN-11] what is only %s lets nobody in', async (step) => {
    expect(await stage.acting(await upTo(step), staff, tenant)).toMatchObject(over);
  });

  test('[IDN-11] whoever is not of the staff asks for nothing', async () => {
    const ask: Call = {
      ...{ method: 'POST', path: '/v1/platform/impersonations' },
      body: {
        tenantId: formatId('tenant', founded.tenantId),
        memberId: idOf(member),
        reason: 'Curiosity',
      },
    };
    expect(await stage.staff(founded.owner, ask, [])).toMatchObject(forbidden);
    expect(
      await stage.staff(staff, { ...ask, body: { ...(ask.body as object), reason: ' ' } }),
    ).toMatchObject({ status: 400, body: { code: 'request.invalid' } });
    const stranger = { ...(ask.body as object), memberId: idOf(newPerson()) };
    expect(await stage.staff(staff, { ...ask, body: stranger })).toMatchObject({ status: 404 });
    expect(await stage.staff(member, ask)).toMatchObject({
      ...{ status: 422, body: { code: 'impersonation.for_oneself' } },
    });
  });

  test('[IDN-11] owners and administrators approve; others, keys, and who asked themselves do not', async () => {
    const id = await upTo('requested');
    expect(await stage.as(member, founded, stepOf(id, 'approve'))).toMatchObject(forbidden);
    const { text } = await storeKey(stage.chain.database.admin, formatId('tenant', founded.tenantId));
    const withKey = { ...stepOf(id, 'approve'), token: text };
    const { handler } = await import('../../../functions/http/support.ts');
    expect(await stage.chain.call(handler, withKey)).toMatchObject(forbidden);
    const { admin } = stage.chain.database;
    await admin.query('insert into app.users (id, email, name) values ($1, $2, $3)', [
      ...[staff.sub, staff.email, staff.name],
    ]);
    await admin.query("insert into app.memberships (tenant_id, user_id, role) values ($1, $2, 'owner')", [
      ...[founded.tenantId, staff.sub],
    ]);
    expect(await stage.as(staff, founded, stepOf(id, 'approve'))).toMatchObject({
      ...{ status: 403, body: { code: 'impersonation.own_request' } },
    });
    const administrator = await stage.join(founded, 'admin');
    expect(await stage.as(administrator, founded, stepOf(id, 'approve'))).toMatchObject({
      ...{ status: 200, body: { status: 'approved', decidedBy: idOf(administrator) } },
    });
  });

  test('[IDN-11] another tenant neither sees nor answers it', async () => {
    const id = await upTo('requested');
    const stranger = await stage.found();
    expect(await stage.as(stranger.owner, stranger, stepOf(id, 'approve'))).toMatchObject({ status: 404 });
    const list = await stage.as(stranger.owner, stranger, get('/v1/impersonations'));
    expect(list.body).toEqual({ items: [], nextCursor: null });
    const own = await stage.as(founded.owner, founded, get('/v1/impersonations'));
    expect(own.body).toMatchObject({
      items: [{ id, status: 'requested', staffName: 'Sam of support', reason: 'Ticket 4711' }],
    });
  });

  test('[IDN-11] denied, withdrawn or begun, it is not decided again; of two answers at once one counts', async () => {
    const denied = await upTo('requested');
    expect(await stage.as(founded.owner, founded, stepOf(denied, 'deny'))).toMatchObject({ status: 200 });
    expect(await stage.as(founded.owner, founded, stepOf(denied, 'approve'))).toMatchObject(wrongStep);
    expect(await stage.staff(staff, staffStepOf(denied, 'start'))).toMatchObject(wrongStep);
    const withdrawn = await upTo('approved');
    expect(await stage.staff(staff, staffStepOf(withdrawn, 'withdraw'))).toMatchObject({ status: 200 });
    expect(await stage.staff(staff, staffStepOf(withdrawn, 'start'))).toMatchObject(wrongStep);
    const contested = await upTo('requested');
    const answers = await Promise.all(
      (['approve', 'deny'] as const).map((step) => stage.as(founded.owner, founded, stepOf(contested, step))),
    );
    expect(answers.map(({ status }) => status).toSorted()).toEqual([200, 409]);
  });

  test('[IDN-11] only who asked begins it, once; it is never renewed', async () => {
    const id = await upTo('approved');
    expect(await stage.staff(newPerson(), staffStepOf(id, 'start'))).toMatchObject({ status: 404 });
    const first = await stage.staff(staff, staffStepOf(id, 'start'));
    const { startedAt, endsAt } = first.body as { startedAt: string; endsAt: string };
    expect(Date.parse(endsAt) - Date.parse(startedAt)).toBe(30 * 60_000);
    expect(await stage.staff(staff, staffStepOf(id, 'start'))).toMatchObject(wrongStep);
    for (const path of ['/v1/session/refresh', '/v1/session/end'] as const) {
      const renewal = { method: 'POST', path, body: {}, headers: { origin: 'https://console.example.com' } };
      expect(await stage.acting(id, staff, renewal)).toMatchObject(notHere);
    }
  });

  test('[IDN-11] consent runs out: unanswered after a day, not begun after four hours', async () => {
    const id = await upTo('requested');
    at(new Date(Date.now() + 24 * 3_600_000 + 1_000));
    expect(await stage.as(founded.owner, founded, stepOf(id, 'approve'))).toMatchObject(wrongStep);
    jest.useRealTimers();
    const approved = await upTo('approved');
    await stage.chain.database.admin.query(
      "update app.impersonations set expires_at = now() - interval '1 second' where id = $1",
      [approved.slice('imp_'.length)],
    );
    expect(await stage.staff(staff, staffStepOf(approved, 'start'))).toMatchObject({
      ...wrongStep,
      body: { detail: 'The impersonation is expired.' },
    });
  });
});

describe('what is refused meanwhile', () => {
  test('[IDN-11] another tenant, another one’s, a member’s token, a key', async () => {
    const id = await upTo('started');
    const elsewhere = await stage.found();
    const named = { ...tenant, headers: { 'x-tenant-id': formatId('tenant', elsewhere.tenantId) } };
    expect(await stage.acting(id, staff, named)).toMatchObject({ status: 404 });
    expect(await stage.acting(id, newPerson('Another of support'), tenant)).toMatchObject(over);
    const header = { headers: { 'plinth-impersonate': id } };
    expect(await stage.as(founded.owner, founded, { ...tenant, ...header })).toMatchObject(over);
    const { text } = await storeKey(stage.chain.database.admin, formatId('tenant', founded.tenantId));
    const { handler } = await import('../../../functions/http/tenancy.ts');
    expect(await stage.chain.call(handler, { ...tenant, ...header, token: text })).toMatchObject(over);
    expect(await stage.acting('imp_nonsense', staff, tenant)).toMatchObject(over);
    const platform = { ...get('/v1/platform/tenants'), ...header };
    expect(await stage.staff(staff, platform)).toMatchObject(notHere);
  });

  test('[IDN-11] what lasts or decides: roles, invitations, keys, settings, consent; even for an owner', async () => {
    const whom = { staff, member: founded.owner };
    const id = await stage.upTo('started', founded, whom);
    expect(await stage.acting(id, staff, get('/v1/members'))).toMatchObject({ status: 200 });
    const other = await upTo('requested');
    const refused: Call[] = [
      {
        ...{ method: 'PATCH', path: '/v1/members/{userId}', params: { userId: idOf(member) } },
        body: { role: 'owner' },
      },
      { method: 'DELETE', path: '/v1/members/{userId}', params: { userId: idOf(member) } },
      {
        method: 'POST',
        path: '/v1/invitations',
        body: { email: 'sam@support.example.com', role: 'admin' },
      },
      { method: 'POST', path: '/v1/keys', body: { name: 'Mine', role: 'viewer' } },
      get('/v1/keys'),
      { method: 'PATCH', path: '/v1/settings', body: { timeZone: 'Asia/Kuwait' } },
      { method: 'PATCH', path: '/v1/tenant', body: { name: 'Renamed' } },
      stepOf(other, 'approve'),
    ];
    for (const call of refused) {
      expect({ path: call.path, ...(await stage.acting(id, staff, call)) }).toMatchObject({
        path: call.path,
        ...forbidden,
      });
    }
  });

  test('[IDN-11] more than the member may, and more than the member still may', async () => {
    const id = await upTo('started');
    expect(await stage.acting(id, staff, get('/v1/audit-events'))).toMatchObject(forbidden);
    expect(await stage.acting(id, staff, get('/v1/members'))).toMatchObject({ status: 200 });
    const removal = { method: 'DELETE', path: '/v1/members/{userId}', params: { userId: idOf(member) } };
    expect(await stage.as(founded.owner, founded, removal)).toMatchObject({ status: 204 });
    expect(await stage.acting(id, staff, get('/v1/members'))).toMatchObject({ status: 404 });
    expect(await stage.acting(id, staff, get('/v1/me'))).toMatchObject(over);
  });

  test('[IDN-11] while the tenant is suspended, the capability off, or the store silent', async () => {
    const id = await upTo('started');
    const { admin } = stage.chain.database;
    await admin.query("update app.tenants set status = 'suspended' where id = $1", [founded.tenantId]);
    expect(await stage.acting(id, staff, tenant)).toMatchObject({ body: { code: 'tenant.suspended' } });
    await admin.query("update app.tenants set status = 'active' where id = $1", [founded.tenantId]);
    await admin.query(
      `insert into app.tenant_overrides (tenant_id, capabilities) values ($1, '{"impersonation": false}')`,
      [founded.tenantId],
    );
    expect(await stage.acting(id, staff, tenant)).toMatchObject({ body: { code: 'capability.off' } });
    await admin.query('delete from app.tenant_overrides where tenant_id = $1', [founded.tenantId]);
    await stage.chain.withoutDynamoDb(async () => {
      expect(await stage.acting(id, staff, tenant)).toMatchObject({ status: 503 });
    });
  });
});

describe('what is left behind', () => {
  test('[AUD-1] [IDN-11] every call stands in the trail with both: who acted and for whom', async () => {
    const id = await upTo('started');
    await stage.acting(id, staff, tenant);
    await stage.acting(id, staff, get('/v1/me'));
    const { body } = await stage.as(founded.owner, founded, {
      ...get('/v1/audit-events'),
      query: { impersonationId: id },
    });
    const both = { id: idOf(staff), type: 'person', onBehalfOf: idOf(member), impersonationId: id };
    expect((body as { items: unknown[] }).items).toMatchObject([
      { action: 'impersonation.called', actor: both, target: { id: 'identity.profile' } },
      { action: 'impersonation.called', actor: both, target: { id: 'tenancy.get' } },
    ]);
    const steps = (await left(stage.chain, 'audit_events', founded)).filter(
      ({ target_type: type }) => type === 'impersonation',
    );
    expect(steps.map(({ action, plane, actor_id }) => [action, plane, actor_id])).toEqual([
      ['impersonation.requested', 'platform', staff.sub],
      ['impersonation.approved', 'tenant', founded.userId],
      ['impersonation.started', 'platform', staff.sub],
    ]);
    expect(steps[0]).toMatchObject({ reason: 'Ticket 4711', after: { memberId: idOf(member) } });
  });

  test('[AUD-3] beginning, being refused and ending are security events of the tenant', async () => {
    const id = await upTo('started');
    for (let turn = 0; turn < 3; turn += 1) await stage.acting(id, staff, tenant);
    await stage.as(founded.owner, founded, stepOf(id, 'end'));
    for (let turn = 0; turn < 3; turn += 1) await stage.acting(id, staff, tenant);
    const events = await left(stage.chain, 'security_events', founded);
    expect(events.map(({ type, subject }) => [type, subject]).toSorted()).toEqual([
      ['impersonation_ended', id],
      ['impersonation_refused', id],
      ['impersonation_started', id],
    ]);
    expect(events.find(({ type }) => type === 'impersonation_refused')).toMatchObject({
      user_id: staff.sub,
      detail: { impersonationId: id, onBehalfOf: idOf(member) },
    });
  });

  test('[IDN-4] [IDN-5] neither a session nor a device of the member, whose own sessions go on', async () => {
    await stage.as(member, founded, get('/v1/me'));
    const id = await upTo('started');
    await stage.acting(id, staff, { ...tenant, headers: { 'x-device-id': randomUUID() } });
    const { rows } = await stage.chain.database.admin.query<{ sessions: string; devices: string }>(
      `select (select count(*) from app.sessions where user_id = $1) as sessions,
              (select count(*) from app.devices where user_id = $1) as devices`,
      [member.sub],
    );
    expect(rows).toEqual([{ sessions: '1', devices: '0' }]);
  });
});

describe('how it ends', () => {
  /** Both instances have let support in before. */
  const begun = async (): Promise<string> => {
    const id = await upTo('started');
    for (const where of [undefined, stage.other]) {
      expect((await stage.acting(id, staff, tenant, where)).status).toBe(200);
    }
    return id;
  };
  const refusedEverywhere = async (id: string) => {
    for (const where of [undefined, stage.other]) {
      expect(await stage.acting(id, staff, tenant, where)).toMatchObject(over);
    }
  };

  test('[IDN-11] [IDN-4] the tenant ends it for the very next request, on every instance', async () => {
    const id = await begun();
    expect(await stage.as(founded.owner, founded, stepOf(id, 'end'))).toMatchObject({
      ...{ status: 200, body: { status: 'ended', endedBy: idOf(founded.owner) } },
    });
    await refusedEverywhere(id);
  });

  test('[IDN-11] the staff end it, and are members of nothing any more', async () => {
    const id = await begun();
    expect(await stage.staff(staff, staffStepOf(id, 'end'))).toMatchObject({ status: 200 });
    await refusedEverywhere(id);
    expect(await stage.staff(staff, staffStepOf(id, 'end'))).toMatchObject(wrongStep);
  });

  test('[IDN-4] the member sees it among their sessions and ends it there, by itself or with all others', async () => {
    const id = await begun();
    const sessionId = id.replace('imp_', 'ses_');
    const { body } = await stage.as(member, founded, get('/v1/me/sessions'));
    expect((body as { items: unknown[] }).items[0]).toMatchObject({
      ...{ id: sessionId, client: 'Support', isCurrent: false },
      impersonation: { staffName: 'Sam of support', reason: 'Ticket 4711' },
    });
    const path = '/v1/me/sessions/{sessionId}';
    const revoke = { method: 'DELETE', path, params: { sessionId } };
    expect(await stage.as(founded.owner, founded, revoke)).toMatchObject({ status: 404 });
    expect(await stage.as(member, founded, revoke)).toMatchObject({ status: 204 });
    await refusedEverywhere(id);
    const second = await begun();
    const all = { method: 'DELETE', path: '/v1/me/sessions', query: { keepCurrent: 'true' } };
    expect(await stage.as(member, founded, all)).toMatchObject({ status: 204 });
    await refusedEverywhere(second);
  });

  test('[IDN-11] [IDN-4] after half an hour, however busy it was', async () => {
    const id = await begun();
    const { rows } = await stage.chain.database.admin.query<{ ends_at: Date }>(
      'select ends_at from app.impersonations where id = $1',
      [id.slice('imp_'.length)],
    );
    const endsMs = rows[0]?.ends_at.getTime() ?? 0;
    for (const beforeMs of [20 * 60_000, 10 * 60_000, 2_000]) {
      at(new Date(endsMs - beforeMs));
      expect((await stage.acting(id, staff, tenant)).status).toBe(200);
    }
    at(new Date(endsMs));
    expect(await stage.acting(id, staff, tenant)).toMatchObject(over);
    const newcomer = await stage.join(founded, 'auditor');
    expect(await stage.as(newcomer, founded, get('/v1/impersonations'))).toMatchObject({
      body: { items: [{ id, status: 'ended', endedAt: null }] },
    });
  });

  test('[IDN-4] with the session of the one who acts', async () => {
    const id = await begun();
    const all = { method: 'DELETE', path: '/v1/me/sessions' };
    const auth_time = Math.floor(Date.now() / 1000);
    const claims = { 'cognito:groups': ['platform-support'], origin_jti: randomUUID(), auth_time };
    const token = await stage.chain.pool.token(staff, { claims });
    const sessions = (await import('../../../functions/http/sessions.ts')).handler;
    expect((await stage.chain.call(sessions, { ...all, token })).status).toBe(204);
    const tenancy = (await import('../../../functions/http/tenancy.ts')).handler;
    const headers = { 'plinth-impersonate': id };
    expect(await stage.chain.call(tenancy, { ...tenant, token, headers })).toMatchObject({
      ...{ status: 401, body: { code: 'auth.session_ended' } },
    });
  });

  test('[IDN-11] nothing is said to have ended while the store does not answer', async () => {
    const id = await begun();
    await stage.chain.withoutDynamoDb(async () => {
      // Past the gate of another moment: the operation itself must refuse.
      expect((await stage.as(founded.owner, founded, stepOf(id, 'end'))).status).toBe(503);
    });
    expect(await stage.acting(id, staff, tenant)).toMatchObject({ status: 200 });
    expect(await stage.as(founded.owner, founded, stepOf(id, 'end'))).toMatchObject({ status: 200 });
  });
});
