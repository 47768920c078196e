/** API keys of the tenant. A key is printed once, when it is made. */
import { Option } from 'commander';
import type { KeyEnvironment } from '#shared/contract/actor.ts';
import { keyEnvironments } from '#shared/contract/actor.ts';
import { type TenantPermission, tenantPermissions } from '#shared/contract/permissions.ts';
import { roleNames, type TenantRole } from '#shared/contract/roles.ts';
import { duration, momentFrom, rowCount } from '../arguments.ts';
import { confirm } from '../ask.ts';
import type { Group, Run } from '../command.ts';
import type { Connection } from '../connection.ts';
import { exitCodes, Refusal, usage } from '../exit.ts';
import { collect } from '../pages.ts';
import type { Style } from '../table.ts';
import { moment, printable } from '../text.ts';

export const addKeys: Group = (program, run) => {
  const keys = program.command('keys').description('API keys of the tenant, for programs to call with');
  const expiry = momentFrom(new Date(), 1);
  keys
    .command('list')
    .description('API keys, newest first')
    .option('--all', 'those that have ended as well')
    .option('--limit <rows>', 'the most to show', rowCount, 1_000)
    .action(run((self, options: { all?: true; limit: number }) => list(self, options)));
  keys
    .command('create')
    .description('Make an API key; it is printed on standard output, this once')
    .requiredOption('--name <name>', 'what it is for')
    .addOption(new Option('--role <role>', 'at most your own').choices(roleNames).makeOptionMandatory())
    .addOption(new Option('--environment <which>').choices(keyEnvironments).default('live'))
    .addOption(
      new Option('--scope <permissions...>', 'some of the role’s permissions; all by default').choices(
        Object.keys(tenantPermissions),
      ),
    )
    .option('--address <networks...>', 'where it works from, such as 203.0.113.0/24; anywhere by default')
    .option('--expires <when>', 'a date, or a length of time such as 90d; never by default', expiry)
    .action(run((self, options: CreateOptions) => create(self, options)));
  keys
    .command('rotate <key>')
    .description('Replace a key, given by id, prefix or name; the new one is printed, this once')
    .option('--overlap <time>', 'how long the old one goes on working: 0, or such as 12h', overlap, 24)
    .option('--expires <when>', 'of the new one; as long as the old one was made for by default', expiry)
    .action(run((self, named: string, options: RotateOptions) => rotate(self, named, options)));
  keys
    .command('revoke <key>')
    .description('End a key, given by id, prefix or name: its next call is refused')
    .option('--yes', 'do not ask')
    .action(run((self, named: string, { yes }: { yes?: true }) => revoke(self, named, yes === true)));
};

type CreateOptions = {
  name: string;
  role: TenantRole;
  environment: KeyEnvironment;
  scope?: TenantPermission[];
  address?: string[];
  expires?: Date;
};
type RotateOptions = { overlap: number; expires?: Date };
type Key = Awaited<ReturnType<Connection['api']['keys']['get']>>;

const styles: Readonly<Record<Key['status'], Style>> = { active: 'good', expired: 'faint', revoked: 'faint' };

async function list({ out, connect }: Run, { all, limit }: { all?: true; limit: number }): Promise<void> {
  const { api } = await connect();
  const known = await collect((page) => api.keys.list(page), limit);
  const rows = all === true ? known : known.filter(({ status }) => status === 'active');
  out.rows(
    rows,
    [
      { title: 'name', value: ({ name }) => name },
      { title: 'prefix', value: ({ prefix }) => `${prefix}…` },
      { title: 'role', value: ({ role, scopes }) => (scopes === null ? role : `${role} (some)`) },
      { title: 'status', value: ({ status }) => status, style: ({ status }) => styles[status] },
      { title: 'created', value: ({ createdAt }) => moment(createdAt) },
      { title: 'expires', value: ({ expiresAt }) => moment(expiresAt) },
      { title: 'last used', value: ({ lastUsedAt }) => moment(lastUsedAt) },
      { title: 'id', value: ({ id }) => id },
    ],
    'The tenant has no API key.',
  );
}

async function create({ out, connect }: Run, options: CreateOptions): Promise<void> {
  const { name, role, environment, scope, address, expires } = options;
  const { api } = await connect();
  const issued = await api.keys.create({
    ...{ name, role, environment },
    ...(scope === undefined ? {} : { scopes: scope }),
    ...(address === undefined ? {} : { allowedAddresses: address }),
    ...(expires === undefined ? {} : { expiresAt: expires.toISOString() }),
  });
  showOnce(out, issued);
}

async function rotate(
  { out, connect }: Run,
  named: string,
  { overlap, expires }: RotateOptions,
): Promise<void> {
  const { api } = await connect();
  const old = await keyNamed({ api }, named);
  const issued = await api.keys.rotate({
    keyId: old.id,
    overlapHours: overlap,
    ...(expires === undefined ? {} : { expiresAt: expires.toISOString() }),
  });
  showOnce(out, issued);
  out.note(
    overlap === 0 ? 'The old one has ended.' : `The old one goes on working for ${overlap} more hours.`,
  );
}

async function revoke({ world, out, connect }: Run, named: string, isGiven: boolean): Promise<void> {
  const { api } = await connect();
  const { id, name, prefix } = await keyNamed({ api }, named);
  await confirm(world, `Revoke ${name} (${prefix}…)?`, { isGiven });
  await api.keys.revoke({ keyId: id });
  out.note(`Revoked ${printable(name)} (${prefix}…).`);
}

function showOnce(out: Run['out'], issued: Key & { key: string | null }): void {
  out.plain(issued, issued.key ?? '');
  out.note(`${printable(issued.name)} is ${issued.id}. The key is shown this once; keep it safe.`);
}

async function keyNamed({ api }: Pick<Connection, 'api'>, named: string): Promise<Key> {
  const known = await collect((page) => api.keys.list(page), 10_000);
  const byId = known.find(({ id }) => id === named);
  if (byId !== undefined) return byId;
  const alike = known.filter(
    ({ name, prefix, status }) =>
      status === 'active' && (name === named || prefix === named.replace(/…$/, '')),
  );
  const [only, another] = alike;
  if (only === undefined) {
    throw new Refusal(`The tenant has no active key ${named}.`, {
      exitCode: exitCodes.notFound,
      advice: 'plinth keys list shows them.',
    });
  }
  if (another !== undefined) throw usage(`${alike.length} keys are called ${named}.`, 'Name one by its id.');
  return only;
}

/** Hours, as the service counts them. */
function overlap(text: string): number {
  return text === '0' ? 0 : Math.ceil(duration(text) / 3_600);
}
