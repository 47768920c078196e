/** Signing in and out, and who that is. */
import type { Command } from 'commander';
import { readSecret } from '../ask.ts';
import type { Group, Run } from '../command.ts';
import { addressOf, findDeployment } from '../deployment.ts';
import { Refusal, usage } from '../exit.ts';
import { type Account, openKeyring } from '../keyring.ts';
import { moment, printable } from '../text.ts';
import { variable } from '../world.ts';
import { currentOf } from './tenants.ts';

export const addSession: Group = (program, run) => {
  program
    .command('login')
    .description('Sign in with your browser, or keep an API key')
    .option('--key', 'read an API key from standard input and call with it from now on')
    .option('--no-browser', 'print the address to open and open nothing')
    .action(run((self, options: LoginOptions, _command: Command) => login(self, options)));
  program
    .command('logout')
    .description('End the session and forget what is kept of this deployment')
    .action(run((self) => logout(self)));
  program
    .command('whoami')
    .description('Who is signed in, where, and in which tenant')
    .action(run((self) => whoami(self)));
};

type LoginOptions = { key?: true; browser: boolean };

async function login(self: Run, { key, browser }: LoginOptions): Promise<void> {
  const { world, out, options } = self;
  const keyring = openKeyring(world);
  const url = addressOf(world, options.url, keyring.latest);
  const deployment = await findDeployment(world, url);
  const before = keyring.account(url);
  if (key === true) {
    const apiKey = await readSecret(world, 'API key: ');
    if (!/^plk_(live|test)_\w+$/.test(apiKey)) throw usage('That is no API key: they begin with plk_.');
    keyring.keep(url, { apiKey, tokens: undefined, tenant: undefined });
  } else {
    const { signIn } = await import('../authorize.ts');
    const tokens = await signIn(world, deployment, {
      opens: browser,
      show: (address) => {
        out.note(`${browser ? 'Your browser opens' : 'Open in a browser'}:\n\n  ${address}\n`);
        out.note('Waiting for you to sign in there. Ctrl-C gives up.');
      },
    });
    // The tenant that was chosen goes on where it is the same person.
    keyring.keep(url, { apiKey: undefined, tokens });
  }
  keyring.prefer(url);
  try {
    const connection = await self.connect();
    if (variable(world, 'PLINTH_API_KEY') !== undefined) {
      out.note('PLINTH_API_KEY is set: commands go on calling with that key.');
    } else if (connection.as === 'key') {
      const { slug } = await connection.api.tenancy.get({});
      out.note(`Kept the key of ${printable(slug)} for ${url}.`);
    } else {
      const { email } = await connection.api.identity.profile({});
      await forgetForeignTenant(self, before);
      out.note(`Signed in to ${url} as ${printable(email)}.`);
    }
  } catch (error) {
    // A sign-in that does not work is not kept in place of one that may.
    keyring.keep(url, { tokens: before.tokens, apiKey: before.apiKey, tenant: before.tenant });
    throw error;
  }
}

/** Whoever signs in after somebody else is not in that one’s tenant. */
async function forgetForeignTenant({ connect }: Run, { tenant }: Account): Promise<void> {
  if (tenant === undefined) return;
  const { api, keyring, deployment } = await connect();
  const { items } = await api.identity.memberships({});
  if (!items.some(({ tenantId }) => tenantId === tenant.id)) {
    keyring.keep(deployment.url, { tenant: undefined });
  }
}

async function logout({ world, out, options, connect }: Run): Promise<void> {
  const keyring = openKeyring(world);
  const url = addressOf(world, options.url, keyring.latest);
  const { tokens, apiKey } = keyring.account(url);
  if (tokens === undefined && apiKey === undefined) return out.note(`Nobody is signed in to ${url}.`);
  try {
    if (tokens !== undefined && variable(world, 'PLINTH_API_KEY') === undefined) {
      const { api, claims, deployment } = await connect();
      const { revoke } = await import('../authorize.ts');
      const sessionId = `ses_${String((await claims()).origin_jti)}`;
      await api.sessions.revoke({ sessionId });
      await revoke(world, deployment, tokens.refreshToken);
    }
  } catch (error) {
    // It may be over already, and what is kept here must go in any case.
    if (!(error instanceof Refusal)) throw error;
    out.note(`The session could not be ended there: ${error.message}`);
  } finally {
    keyring.forget(url);
  }
  out.note(
    apiKey === undefined
      ? `Signed out of ${url}.`
      : `Forgot the API key for ${url}; it goes on working: plinth keys revoke ends it.`,
  );
}

async function whoami({ out, connect }: Run): Promise<void> {
  const { api, as, deployment, tenantId } = await connect();
  const where = ['deployment', deployment.url] as const;
  if (as === 'key') {
    const { id, slug, name, plan, status } = await api.tenancy.get({});
    const tenant = { id, slug, name, plan, status };
    return out.facts({ as, deployment: deployment.url, tenant }, [
      ['signed in', 'with an API key'],
      ['tenant', `${name} (${slug})`],
      where,
    ]);
  }
  const [profile, { items }] = await Promise.all([api.identity.profile({}), api.identity.memberships({})]);
  const current = currentOf(items, tenantId);
  const thing = { as, deployment: deployment.url, profile, tenant: current ?? null };
  out.facts(thing, [
    ['name', profile.name],
    ['e-mail', profile.email],
    ['id', profile.id],
    [
      'tenant',
      current === undefined ? 'none chosen: plinth tenants use' : `${current.name} (${current.slug})`,
    ],
    ['role', current?.role],
    ['status', current === undefined || current.status === 'active' ? undefined : current.status, 'bad'],
    ['since', moment(profile.createdAt)],
    where,
  ]);
}
