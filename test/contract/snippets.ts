/**
 * Declarations that the types must take or refuse. A line that must be refused ends in a ✗; every other line
 * must be taken.
 */

/** What every snippet starts with. */
export const prelude = `
import * as z from 'zod';
import type { TenantContext, Transaction } from '#shared/contract/context.ts';
import type { createClient } from '#shared/contract/client.ts';
import { endpoint, type InputOf } from '#shared/contract/endpoint.ts';
import { event } from '#shared/contract/event.ts';
import { idSchema, newId, type TenantId } from '#shared/contract/ids.ts';
import { job } from '#shared/contract/job.ts';
import { module, type Ops, type Workers } from '#shared/contract/module.ts';
import { sql } from '#shared/db/sql.ts';

const common = { summary: 'x', rate: 'standard', capability: 'tenancy', requirements: ['TEN-1'] } as const;
const thing = z.object({ id: z.string(), size: z.number() });
const contract = {
  get: endpoint({
    ...common, plane: 'tenant', method: 'GET', path: '/v1/things/{thingId}', permission: 'tenant:read',
    params: { thingId: z.string() }, query: z.object({ verbose: z.stringbool().default(false) }), output: thing,
  }),
  add: endpoint({
    ...common, plane: 'tenant', method: 'POST', path: '/v1/things', permission: 'tenant:update',
    body: z.object({ size: z.coerce.number() }), output: thing, status: 201, idempotency: 'required',
  }),
};
`;

export const snippets: Readonly<Record<string, string>> = {
  'a sound contract and its operations': `
const ops: Ops<typeof contract> = {
  get: async (ctx, input) => {
    const verbose: boolean = input.verbose;
    const tenant: TenantId = ctx.tenant.id;
    await ctx.tx.query(sql\`select \${input.thingId}\`);
    return { id: input.thingId, size: verbose ? 1 : 2 };
  },
  add: async (_ctx, { size }) => ({ id: 'x', size }),
};
const open = endpoint({ ...common, plane: 'public', method: 'GET', path: '/v1/open', rate: 'public', output: z.void() });
const own = endpoint({ ...common, plane: 'user', method: 'GET', path: '/v1/own', output: thing, audit: 'own.read' });
const staff = endpoint({
  ...common, plane: 'platform', method: 'GET', path: '/v1/staff', permission: 'platform:tenants:read', output: thing,
});`,

  'a missing operation': `
const ops: Ops<typeof contract> = { // ✗
  get: async () => ({ id: 'x', size: 1 }),
};`,

  'an operation that the contract does not know': `
const ops: Ops<typeof contract> = {
  get: async () => ({ id: 'x', size: 1 }),
  add: async () => ({ id: 'x', size: 1 }),
  drop: async () => undefined, // ✗
};`,

  'a wrong output': `
const ops: Ops<typeof contract> = {
  get: async () => ({ id: 'x', size: 'large' }), // ✗
  add: async () => ({ id: 'x' }), // ✗
};`,

  'an input that the contract does not declare': `
const ops: Pick<Ops<typeof contract>, 'get'> = {
  get: async (_ctx, input) => ({ id: input.thingId, size: input.size }), // ✗
};`,

  'an operation that wants more than its plane gives': `
const contractOfUser = {
  own: endpoint({ ...common, plane: 'user', method: 'GET', path: '/v1/own', output: z.string() }),
};
const ops: Ops<typeof contractOfUser> = {
  own: async (ctx) => ctx.tenant.slug, // ✗
};
const open = { open: endpoint({ ...common, plane: 'public', method: 'GET', path: '/v1/open', output: z.string() }) };
const opsOfPublic: Ops<typeof open> = {
  open: async (ctx) => ctx.user.name, // ✗
};`,

  'an unknown permission': `
const e = endpoint({
  ...common, plane: 'tenant', method: 'GET', path: '/v1/x', output: thing,
  permission: 'tenant:destroy', // ✗
});`,

  'a platform permission on a tenant endpoint': `
const e = endpoint({
  ...common, plane: 'tenant', method: 'GET', path: '/v1/x', output: thing,
  permission: 'platform:tenants:read', // ✗
});`,

  'a tenant permission on a platform endpoint': `
const e = endpoint({
  ...common, plane: 'platform', method: 'GET', path: '/v1/x', output: thing,
  permission: 'tenant:read', // ✗
});`,

  'a tenant endpoint without a permission': `
const e = endpoint({ ...common, plane: 'tenant', method: 'GET', path: '/v1/x', output: thing }); // ✗`,

  'a permission where nobody could hold it': `
const e = endpoint({
  ...common, plane: 'user', method: 'GET', path: '/v1/x', output: thing,
  permission: 'tenant:read', // ✗
});`,

  'params that are missing': `
const e = endpoint({ ...common, plane: 'public', method: 'GET', path: '/v1/x/{id}', output: thing }); // ✗`,

  'params that the path does not name': `
const e = endpoint({
  ...common, plane: 'public', method: 'GET', path: '/v1/x/{id}', output: thing,
  params: { key: z.string() }, // ✗
});
const f = endpoint({
  ...common, plane: 'public', method: 'GET', path: '/v1/x', output: thing,
  params: { id: z.string() }, // ✗
});`,

  'a POST that does not speak of idempotency': `
const e = endpoint({ ...common, plane: 'user', method: 'POST', path: '/v1/x', output: thing }); // ✗
const f = endpoint({ ...common, plane: 'user', method: 'PATCH', path: '/v1/x', output: thing }); // ✗
const g = endpoint({ ...common, plane: 'public', method: 'POST', path: '/v1/x', output: thing });`,

  'a public endpoint with idempotency: nobody knows whose key it is': `
const e = endpoint({
  ...common, plane: 'public', method: 'POST', path: '/v1/x', output: thing,
  idempotency: 'optional', // ✗
});`,

  'a cookie for somebody who calls with a token': `
const e = endpoint({
  ...common, plane: 'user', method: 'POST', path: '/v1/x', output: thing, idempotency: 'optional',
  cookie: { name: 'x', path: '/v1', summary: 'x' }, // ✗
});`,

  'a GET with idempotency': `
const e = endpoint({
  ...common, plane: 'public', method: 'GET', path: '/v1/x', output: thing,
  idempotency: 'optional', // ✗
});`,

  'a public endpoint with an audit action': `
const e = endpoint({
  ...common, plane: 'public', method: 'GET', path: '/v1/x', output: thing,
  audit: 'x.read', // ✗
});`,

  'an endpoint that serves no requirement': `
const e = endpoint({
  ...common, plane: 'public', method: 'GET', path: '/v1/x', output: thing,
  requirements: [], // ✗
});`,

  'an unknown capability and an unknown rate': `
const e = endpoint({
  ...common, plane: 'public', method: 'GET', path: '/v1/x', output: thing,
  capability: 'teleport', // ✗
});
const f = endpoint({
  ...common, plane: 'public', method: 'GET', path: '/v1/x', output: thing,
  rate: 'unlimited', // ✗
});`,

  'ids of different kinds': `
const tenant: TenantId = newId('tenant');
const user: TenantId = newId('user'); // ✗
const text: TenantId = 'ten_0192f1c8-7d2e-7c3a-9b1f-3f0c5a4e2d11'; // ✗
const parsed: TenantId = idSchema('tenant').parse('x');`,

  'a statement that is text': `
async function read(tx: Transaction) {
  await tx.query('select 1'); // ✗
  await tx.query(sql\`select 1\`);
}`,

  'events and jobs with the wrong data': `
const happened = event({ type: 'happened', summary: 'x', data: z.object({ n: z.number() }), requirements: ['TEN-1'] });
const send = job({ name: 'things.send', summary: 'x', payload: z.object({ n: z.number() }), requirements: ['TEN-1'] });
function publish(ctx: TenantContext) {
  ctx.emit(happened, { n: 1 });
  ctx.emit(happened, { n: 'one' }); // ✗
  ctx.enqueue(send, { n: 1 });
  ctx.enqueue(send, {}); // ✗
}
const workers: Workers<{ send: typeof send }> = {
  send: async (_ctx, { n }) => void n.toFixed(),
};
const none: Workers<{ send: typeof send }> = {}; // ✗
const nameless = job({ name: 'send', summary: 'x', payload: z.object({}), requirements: ['TEN-1'] }); // ✗`,

  'a call of the client': `
const things = module({ name: 'things', summary: 'x', contract, needs: {} });
async function use(client: ReturnType<typeof createClient<{ things: typeof things }>>) {
  const made = await client.things.add({ size: 1 });
  const size: number = made.size;
  const id: number = made.id; // ✗
  await client.things.get({ thingId: 'x' });
  await client.things.get({}); // ✗
  await client.things.remove({}); // ✗
}`,

  'a module that needs what does not exist': `
const m = module({ name: 'm', summary: 'x', contract, needs: { database: 'postgres' } }); // ✗
type Input = InputOf<(typeof contract)['get']>;
const input: Input = { thingId: 'x', verbose: 'yes' }; // ✗`,
};
