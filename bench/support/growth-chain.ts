/** One size of the growth bench: a chain over so many tenants, which times a mix of reads on request. */
import { auditOps } from '#shared/audit/audit.ops.ts';
import { audit } from '#shared/audit/module.ts';
import { membersOps } from '#shared/members/members.ops.ts';
import { members } from '#shared/members/module.ts';
import { serve } from '#shared/middleware/serve.ts';
import { tenancy } from '#shared/tenancy/module.ts';
import { tenancyOps } from '#shared/tenancy/tenancy.ops.ts';
import { startChain, type Handler } from '#test/support/chain.ts';

const { tenants, rows } = JSON.parse(process.argv[2] ?? '{}') as { tenants: number; rows: number };
const membersEach = 100;

const mix: [Handler, path: string][] = [
  [serve(members, membersOps), '/v1/members'],
  [serve(audit, auditOps), '/v1/audit-events'],
  [serve(tenancy, tenancyOps), '/v1/tenant'],
];

const idOf = (first: number, second: number): string =>
  `${String(first).padStart(8, '0')}-0000-4000-8000-${String(second).padStart(12, '0')}`;

const chain = await startChain();
process.once('disconnect', () => void chain.stop().then(() => process.exit(0)));
await fill();
process.send?.('ready');

let calls = 0;
process.on('message', ({ calls: wanted }: { calls: number }) => {
  void timeCalls(wanted).then((times) => process.send?.(times));
});

async function timeCalls(wanted: number): Promise<number[]> {
  const times: number[] = [];
  for (let done = 0; done < wanted; done += 1) times.push(await timeCall(calls++));
  return times;
}

/** Another tenant and another member each time: caches that help one tenant alone must not help here. */
async function timeCall(count: number): Promise<number> {
  const tenant = (count * 7) % tenants;
  const member = count % membersEach;
  const [handler, path] = mix[count % mix.length] ?? mix[0]!;
  const sub = idOf(tenant, member + 1);
  const token = await chain.pool.token({ sub, email: `${sub}@example.com`, name: 'Bench' });
  const started = performance.now();
  const answer = await chain.call(handler, { method: 'GET', path, token });
  const took = performance.now() - started;
  if (answer.status !== 200) throw new Error(`${path} answered ${answer.status}`);
  return took;
}

async function fill(): Promise<void> {
  const id = (first: string, second: string) =>
    `(lpad(${first}::text, 8, '0') || '-0000-4000-8000-' || lpad(${second}::text, 12, '0'))::uuid`;
  await chain.database.admin.query(`
    insert into app.tenants (id, slug, name, region, plan)
      select ${id('t', '0')}, 'tenant-' || t, 'Tenant ' || t, 'us', 'basic'
      from generate_series(0, ${tenants - 1}) t;
    insert into app.users (id, email, name)
      select ${id('t', 'm')}, 'm' || m || '@t' || t || '.example', 'Member ' || m
      from generate_series(0, ${tenants - 1}) t, generate_series(1, ${membersEach}) m;
    insert into app.memberships (tenant_id, user_id, role, created_at)
      select ${id('t', '0')}, ${id('t', 'm')}, 'owner', now() - m * interval '1 minute'
      from generate_series(0, ${tenants - 1}) t, generate_series(1, ${membersEach}) m;
    insert into app.audit_events (tenant_id, id, occurred_at, plane, action, request_id)
      select ${id('t', '0')}, gen_random_uuid(), now() - n * interval '1 second', 'tenant', 'bench.row', 'r' || n
      from generate_series(0, ${tenants - 1}) t, generate_series(1, ${rows - membersEach}) n;
    analyze`);
}
