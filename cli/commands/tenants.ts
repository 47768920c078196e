/** The caller’s tenants, and for the platform’s staff all of them. */
import { Option } from 'commander';
import { tenantStatusSchema } from '#shared/tenancy/tenancy.contract.ts';
import type { Group, Run } from '../command.ts';
import { rowCount } from '../arguments.ts';
import { exitCodes, Refusal } from '../exit.ts';
import { collect } from '../pages.ts';
import type { Column, Style } from '../table.ts';
import { moment } from '../text.ts';

export const addTenants: Group = (program, run) => {
  const tenants = program.command('tenants').description('Tenants: which you are in, and which one is meant');
  tenants
    .command('list')
    .description('The tenants that you are in; the one that commands are about is marked')
    .option('--all', 'all tenants of the platform, newest first; for its staff')
    .option('--search <text>', 'part of the slug or name, with --all')
    .addOption(new Option('--status <status>', 'with --all').choices(tenantStatusSchema.options))
    .option('--limit <rows>', 'the most to show, with --all', rowCount, 100)
    .action(
      run((self, options: ListOptions) => (options.all === true ? listAll(self, options) : list(self))),
    );
  tenants
    .command('use <tenant>')
    .description('Choose the tenant that commands are about from now on, by slug or id')
    .action(run((self, named: string) => use(self, named)));
  tenants
    .command('show')
    .description('The tenant that commands are about; another one with --tenant')
    .action(run((self) => show(self)));
};

type ListOptions = {
  all?: true;
  search?: string;
  status?: (typeof tenantStatusSchema.options)[number];
  limit: number;
};

export const statusStyle = (status: string): Style => (status === 'active' ? 'good' : 'bad');

/** The tenant that calls are about: the chosen one, the default one, or the only one. */
export function currentOf<One extends { tenantId: string; isDefault: boolean }>(
  items: readonly One[],
  chosen: string | undefined,
): One | undefined {
  if (chosen !== undefined) return items.find(({ tenantId }) => tenantId === chosen);
  return items.find(({ isDefault }) => isDefault) ?? (items.length === 1 ? items[0] : undefined);
}

async function list({ out, connect }: Run): Promise<void> {
  const { api, tenantId } = await connect();
  const { items } = await api.identity.memberships({});
  const rows = items.map((one) => ({
    ...one,
    isCurrent: one === currentOf(items, tenantId),
  }));
  type Row = (typeof rows)[number];
  const columns: Column<Row>[] = [
    { title: '', value: ({ isCurrent }) => (isCurrent ? '*' : '') },
    { title: 'slug', value: ({ slug }) => slug },
    { title: 'name', value: ({ name }) => name },
    { title: 'role', value: ({ role }) => role },
    { title: 'plan', value: ({ plan }) => plan },
    { title: 'region', value: ({ region }) => region },
    { title: 'status', value: ({ status }) => status, style: ({ status }) => statusStyle(status) },
    { title: 'joined', value: ({ joinedAt }) => moment(joinedAt) },
    { title: 'id', value: ({ tenantId: id }) => id },
  ];
  out.rows(rows, columns, 'You are in no tenant yet. The console founds one, or somebody invites you.');
}

async function listAll({ out, connect }: Run, { search, status, limit }: ListOptions): Promise<void> {
  const { api } = await connect();
  const filter = { ...(search === undefined ? {} : { search }), ...(status === undefined ? {} : { status }) };
  const rows = await collect((page) => api.platform.tenants({ ...page, ...filter }), limit);
  type Row = (typeof rows)[number];
  const columns: Column<Row>[] = [
    { title: 'slug', value: ({ slug }) => slug },
    { title: 'name', value: ({ name }) => name },
    { title: 'plan', value: ({ plan }) => plan },
    { title: 'region', value: ({ region }) => region },
    { title: 'status', value: (one) => one.status, style: (one) => statusStyle(one.status) },
    { title: 'created', value: ({ createdAt }) => moment(createdAt) },
    { title: 'id', value: ({ id }) => id },
  ];
  out.rows(rows, columns, 'No tenant is like that.');
}

async function use({ out, connect }: Run, named: string): Promise<void> {
  const { api, as, keyring, deployment } = await connect();
  if (as === 'key') throw new Refusal('An API key belongs to one tenant; there is nothing to choose.');
  const { items } = await api.identity.memberships({});
  const found = items.find(({ slug, tenantId }) => slug === named || tenantId === named);
  if (found === undefined) {
    throw new Refusal(`You are in no tenant called ${named}.`, {
      exitCode: exitCodes.notFound,
      advice: 'plinth tenants list shows yours.',
    });
  }
  keyring.keep(deployment.url, { tenant: { id: found.tenantId, slug: found.slug } });
  out.note(`Commands are about ${found.slug} from now on; you are ${found.role} there.`);
}

async function show({ out, connect }: Run): Promise<void> {
  const { api } = await connect();
  const tenant = await api.tenancy.get({});
  out.facts(tenant, [
    ['name', tenant.name],
    ['slug', tenant.slug],
    ['id', tenant.id],
    ['plan', tenant.plan],
    ['region', tenant.region],
    ['status', tenant.status, statusStyle(tenant.status)],
    ['isolation', tenant.isolation],
    ['domain', domainOf(tenant)],
    ['created', moment(tenant.createdAt)],
  ]);
}

function domainOf({ domain, domainVerifiedAt }: { domain: string | null; domainVerifiedAt: string | null }) {
  if (domain === null) return null;
  return domainVerifiedAt === null ? `${domain} (not proven yet)` : domain;
}
