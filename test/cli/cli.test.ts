/** The command line against a stack of its own, as a process: signing in, its commands, and how it ends. */
import { randomUUID } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { decodeJwt } from 'jose';
import pg from 'pg';
import { readDemo } from '#local/demo.ts';
import { formatId } from '#shared/contract/ids.ts';
import { startWholeStack, type WholeStack } from '../support/whole-stack.ts';
import { login, visit } from './sign-in.ts';
import { atTerminal, hasTerminals, json, plinth, start, type User } from './terminal.ts';

let stack: WholeStack;
let folders: string[] = [];
let owner: User;
const people = { owner: '', colleague: '', admin: '' };
let password = '';

beforeAll(async () => {
  stack = await startWholeStack();
  const demo = readDemo(stack.state);
  if (demo === undefined) throw new Error('the stack has no demo data');
  Object.assign(people, demo.users);
  password = demo.password;
  owner = newUser();
}, 180_000);

afterAll(async () => {
  // Undefined when it did not start.
  await (stack as WholeStack | undefined)?.stop();
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
}, 60_000);

/** Somebody on a machine where nobody has signed in. */
function newUser(env: Record<string, string> = {}): User {
  const folder = mkdtempSync(join(tmpdir(), 'plinth-cli-'));
  folders = [...folders, folder];
  return { folder, url: stack.url, env };
}

const kept = ({ folder }: User) => join(folder, '.config', 'plinth', 'accounts.json');

describe('signing in', () => {
  test('[IDN-4] goes through the browser, and keeps tokens where nobody else can read them', async () => {
    const { page, stderr } = await login(owner, { email: people.owner, password });
    expect(page).toMatchObject({ status: 200, url: expect.stringMatching(/^http:\/\/localhost:874\d\//) });
    expect(stderr).toContain(`as ${people.owner}`);
    expect(statSync(kept(owner)).mode & 0o777).toBe(0o600);
    expect(statSync(join(kept(owner), '..')).mode & 0o777).toBe(0o700);
    const me = await json<{ profile: { email: string }; tenant: { slug: string } }>(owner, ['whoami']);
    expect(me).toMatchObject({ as: 'person', profile: { email: people.owner }, tenant: { slug: 'acme' } });
  }, 60_000);

  test('[IDN-4] is not finished by whoever does not know its state', async () => {
    const user = newUser();
    const program = start(user, ['login', '--no-browser']);
    const [address] = await program.said(/http\S+\/oauth2\/authorize\S+/);
    const back = new URL(address).searchParams.get('redirect_uri') ?? '';
    const forged = await fetch(`${back}?code=stolen&state=guessed`);
    expect(forged.status).toBe(404);
    expect((await visit(address, { email: people.colleague, password })).status).toBe(200);
    expect((await program.finished).code).toBe(0);
  }, 60_000);

  test('[IDN-5] shows the machine among the sessions, and signing out ends it there', async () => {
    const user = newUser();
    await login(user, { email: people.admin, password });
    const { tokens } = accountOf(user);
    expect(await sessionOf(tokens.accessToken)).toEqual({
      client: expect.stringMatching(/^Plinth/),
      device_id: expect.any(String),
    });
    expect((await sessions(tokens.accessToken)).status).toBe(200);
    expect(await plinth(user, ['logout'])).toMatchObject({ code: 0, stdout: '' });
    expect((await sessions(tokens.accessToken)).status).toBe(401);
    expect(readFileSync(kept(user), 'utf8')).not.toContain(tokens.refreshToken);
    expect((await plinth(user, ['whoami'])).code).toBe(3);
  }, 60_000);

  test('[IDN-4] an old access token is renewed, an ended session says so', async () => {
    const user = newUser();
    await login(user, { email: people.colleague, password });
    const before = accountOf(user).tokens;
    edit(user, { ...before, expiresAtMs: 0 });
    expect((await plinth(user, ['whoami'])).code).toBe(0);
    expect(accountOf(user).tokens.accessToken).not.toBe(before.accessToken);
    edit(user, { ...before, expiresAtMs: 0, refreshToken: 'worthless' });
    const ended = await plinth(user, ['whoami']);
    expect(ended).toMatchObject({ code: 3, stdout: '' });
    expect(ended.stderr).toContain('plinth login');
  }, 60_000);

  test('Ctrl-C while it waits ends it at once, with nothing kept', async () => {
    const user = newUser();
    const program = start(user, ['login', '--no-browser']);
    await program.said(/Waiting/);
    program.child.kill('SIGINT');
    expect(await program.finished).toMatchObject({ code: 130, stdout: '' });
    expect(() => statSync(kept(user))).toThrow('ENOENT');
  }, 30_000);
});

describe('commands', () => {
  test('[TEN-8] members are listed, invited, and withdrawn again', async () => {
    const members = await json<{ email: string; role: string }[]>(owner, ['members', 'list']);
    expect(members).toMatchObject([{ email: people.owner, role: 'owner' }]);
    const invited = await plinth(owner, ['members', 'invite', 'new@acme.example', '--role', 'viewer']);
    expect(invited).toMatchObject({ code: 0, stdout: expect.stringMatching(/^inv_[\w-]+\n$/) });
    const open = ['members', 'list', '--invited'];
    expect((await plinth(owner, open)).stdout).toMatch(/new@acme\.example\s+viewer\s+pending/);
    expect((await plinth(owner, ['members', 'remove', 'new@acme.example'])).code).toBe(2);
    expect((await plinth(owner, ['members', 'remove', 'new@acme.example', '--yes'])).code).toBe(0);
    expect((await plinth(owner, open)).stdout).toMatch(/new@acme\.example\s+viewer\s+withdrawn/);
    expect((await plinth(owner, ['members', 'role', people.owner, 'viewer'])).code).toBe(1);
  }, 90_000);

  test('[IDN-8] a key is printed once, alone on standard output; it calls, is rotated and revoked', async () => {
    const made = await plinth(owner, ['keys', 'create', '--name', 'Import', '--role', 'viewer']);
    expect(made.stdout).toMatch(/^plk_live_\w+\n$/);
    const key = made.stdout.trim();
    expect(made.stderr).not.toContain(key);
    const program = newUser({ PLINTH_API_KEY: key });
    expect(await json(program, ['whoami'])).toMatchObject({ as: 'key', tenant: { slug: 'acme' } });
    const list = await plinth(owner, ['keys', 'list']);
    expect(list.stdout).toContain('Import');
    expect(list.stdout).not.toContain(key);
    const rotated = await plinth(owner, ['keys', 'rotate', 'Import', '--overlap', '0']);
    expect(rotated.stdout).toMatch(/^plk_live_\w+\n$/);
    expect(await plinth(program, ['whoami'])).toMatchObject({ code: 3, stdout: '' });
    expect((await plinth(owner, ['keys', 'revoke', 'Import', '--yes'])).code).toBe(0);
    expect((await plinth(owner, ['keys', 'revoke', 'Import', '--yes'])).code).toBe(5);
  }, 90_000);

  test('[IDN-8] a key for good comes from standard input, and is kept for its deployment', async () => {
    const { stdout } = await plinth(owner, ['keys', 'create', '--name', 'Kept', '--role', 'viewer']);
    const user = newUser();
    expect(await plinth(user, ['login', '--key'], stdout)).toMatchObject({ code: 0, stdout: '' });
    expect(await json(user, ['whoami'])).toMatchObject({ as: 'key', tenant: { slug: 'acme' } });
    expect((await plinth(user, ['login', '--key'], 'nonsense\n')).code).toBe(2);
    // A key that is refused is not kept in place of one that works.
    const wrong = `${stdout.trim().slice(0, -1)}${stdout.trim().endsWith('0') ? '1' : '0'}`;
    expect((await plinth(user, ['login', '--key'], wrong)).code).toBe(3);
    expect((await plinth(user, ['whoami'])).code).toBe(0);
  }, 90_000);

  test('[LIM-2] usage is a table for people and a document for programs', async () => {
    const { stdout, stderr } = await plinth(owner, ['usage']);
    expect(stdout).toMatch(/api calls\s+hour\s+\d+\s+1,000\s+\d+/);
    expect(stderr).toContain('Plan basic');
    expect(await json(owner, ['usage'])).toMatchObject({ plan: 'basic', seats: { limit: 10 } });
  }, 60_000);

  test('[AUD-1] the trail is followed: each event once, one line of JSON each, until Ctrl-C', async () => {
    const tail = start(owner, ['audit', 'tail', '--json', '-n', '3', '--follow', '--every', '1']);
    await tail.said(/Following/);
    await plinth(owner, ['kill-switch', 'on', 'sync', '--yes']);
    await plinth(owner, ['kill-switch', 'off', 'sync']);
    await tail.said(/(settings\.changed[\s\S]*){2}/);
    tail.child.kill('SIGINT');
    const { code, stdout } = await tail.finished;
    expect(code).toBe(130);
    const events = stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as { id: string; action: string; actor: { type: string } })
      // What the kernel does by itself meanwhile is nobody's.
      .filter(({ actor }) => actor.type !== 'system');
    expect(new Set(events.map(({ id }) => id)).size).toBe(events.length);
    expect(events.slice(-2).map(({ action }) => action)).toEqual(['settings.changed', 'settings.changed']);
    expect(events.length).toBeLessThanOrEqual(5);
  }, 90_000);

  test('[CAP-3] a kill switch stops for the tenant, and for all tenants by staff with a reason only', async () => {
    await plinth(owner, ['kill-switch', 'on', 'ai', '--yes']);
    expect(await json(owner, ['kill-switch', 'list'])).toContainEqual(
      expect.objectContaining({ name: 'ai', isOn: true }),
    );
    await plinth(owner, ['kill-switch', 'off', 'ai']);
    const forAll = ['kill-switch', 'on', 'exports', '--platform', '--yes'];
    expect((await plinth(owner, forAll)).code).toBe(2);
    expect((await plinth(owner, [...forAll, '--reason', 'A drill'])).code).toBe(4);
    const staff = newUser();
    await login(staff, { email: people.admin, password });
    expect((await plinth(staff, [...forAll, '--reason', 'A drill'])).code).toBe(0);
    expect(await json(staff, ['kill-switch', 'list', '--platform'])).toContainEqual(
      expect.objectContaining({ name: 'exports', isOn: true }),
    );
    const off = ['kill-switch', 'off', 'exports', '--platform', '--yes', '--reason', 'Over'];
    expect((await plinth(staff, off)).code).toBe(0);
    expect(await json(staff, ['tenants', 'list', '--all', '--search', 'acme'])).toHaveLength(1);
  }, 120_000);

  test('[AUD-3] [OPS-1] a request is found by its id, by staff in any tenant with a reason', async () => {
    await plinth(owner, ['members', 'invite', 'traced@acme.example', '--role', 'viewer']);
    const last = ['audit', 'tail', '-n', '1', '--action', 'member.invited'];
    const { requestId } = (await json<{ context: { requestId: string } }>(owner, last)).context;
    const invited = expect.objectContaining({ kind: 'audit', what: 'member.invited' });
    expect(await json(owner, ['request', requestId])).toContainEqual(invited);
    const none = await plinth(owner, ['request', randomUUID()]);
    expect(none).toMatchObject({ code: 0, stdout: '', stderr: expect.stringContaining('Nothing was kept') });

    const anywhere = ['request', requestId, '--platform'];
    expect((await plinth(owner, anywhere)).code).toBe(2);
    expect((await plinth(owner, [...anywhere, '--reason', 'A ticket'])).code).toBe(4);
    const staff = newUser();
    await login(staff, { email: people.admin, password });
    expect(await json(staff, [...anywhere, '--reason', 'A ticket'])).toContainEqual(invited);
  }, 120_000);

  test('[OPS-1] dead letters are listed, sent again and given up, each with a reason', async () => {
    const [again, never] = [await putAside(), await putAside()];
    const staff = newUser();
    await login(staff, { email: people.admin, password });
    expect((await plinth(owner, ['dead-letters', 'list'])).code).toBe(4);
    const { stdout } = await plinth(staff, ['dead-letters', 'list']);
    expect(stdout).toContain(again);
    expect(stdout).toContain(never);

    expect((await plinth(staff, ['dead-letters', 'replay', 'members', again])).code).toBe(2);
    const replayed = await plinth(staff, ['dead-letters', 'replay', 'members', again, '--reason', 'Mended']);
    expect(replayed).toMatchObject({ code: 0, stdout: '', stderr: expect.stringMatching(/^1 on their way/) });
    const give = ['dead-letters', 'discard', 'members', never, '--reason', 'Too late'];
    expect((await plinth(staff, give)).code).toBe(2);
    expect(await plinth(staff, [...give, '--yes'])).toMatchObject({ code: 0, stdout: '' });
    expect(await json(staff, ['dead-letters', 'list', 'discarded'])).toMatchObject([{ id: never }]);
    expect((await plinth(staff, ['dead-letters', 'list', 'elsewhere'])).code).toBe(2);
  }, 120_000);

  test('[TEN-4] the tenant is chosen once, or named with the command', async () => {
    expect((await plinth(owner, ['tenants', 'use', 'nowhere'])).code).toBe(5);
    expect((await plinth(owner, ['tenants', 'use', 'acme'])).code).toBe(0);
    expect((await plinth(owner, ['tenants', 'list'])).stdout).toMatch(/^\*\s+acme\s+Acme/m);
    expect(await json(owner, ['tenants', 'show', '--tenant', 'acme'])).toMatchObject({ slug: 'acme' });
    const [other] = await stack.found(1, ['owner']);
    expect((await plinth(owner, ['tenants', 'show', '--tenant', `ten_${other?.tenantId}`])).code).toBe(5);
  }, 60_000);

  test('[AI-2] costs and budgets are shown also where nothing was spent', async () => {
    expect(await plinth(owner, ['ai', 'costs', '--by', 'model'])).toMatchObject({ code: 0, stdout: '' });
    expect((await plinth(owner, ['ai', 'budgets'])).stdout).toMatch(/tenant\s+month\s+\$0\.00/);
  }, 60_000);
});

describe('how it ends', () => {
  test.each([
    ['2 for a command that is none', ['nonsense']],
    ['2 for a missing option', ['members', 'invite', 'a@b.example']],
    ['2 for what is no date', ['keys', 'create', '--name', 'a', '--role', 'viewer', '--expires', 'soon']],
  ])('%s', async (_what, args) => {
    const { code, stdout, stderr } = await plinth(owner, args);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(/^plinth: .+\nTry: plinth/);
  });

  test('2 for input that the service refuses, field by field', async () => {
    const { code, stderr } = await plinth(owner, ['members', 'invite', 'nobody', '--role', 'viewer']);
    expect(code).toBe(2);
    expect(stderr).toMatch(/body\.email/);
  }, 30_000);

  test('1 where nobody answers, 3 for whoever is not signed in', async () => {
    const nowhere = { ...newUser(), url: 'http://localhost:9' };
    expect(await plinth(nowhere, ['whoami'])).toMatchObject({ code: 1, stdout: '' });
    const nobody = await plinth(newUser(), ['usage']);
    expect(nobody).toMatchObject({ code: 3, stdout: '' });
    expect(nobody.stderr).toContain('plinth login');
  }, 30_000);

  test('4 for whoever may not; with --verbose it names the request', async () => {
    const { stdout } = await plinth(owner, ['keys', 'create', '--name', 'Small', '--role', 'viewer']);
    const program = newUser({ PLINTH_API_KEY: stdout.trim() });
    const refused = await plinth(program, ['audit', 'tail']);
    expect(refused).toMatchObject({ code: 4, stdout: '' });
    expect(refused.stderr).not.toContain('request');
    const verbose = await plinth(program, ['audit', 'tail', '--verbose']);
    expect(verbose.stderr).toMatch(/HTTP 403, auth\.forbidden\nrequest \S+/);
  }, 60_000);

  test('[LIM-1] 6 at a limit, with when to try again', async () => {
    const [team] = await stack.found(1, ['owner']);
    await allowNothing(`ten_${team?.tenantId}`);
    const user = newUser();
    await login(user, { email: people.colleague, password });
    const accessToken = team?.members[0]?.token ?? '';
    edit(user, { accessToken, expiresAtMs: Date.now() + 3_600_000, refreshToken: 'none' });
    const limited = await plinth(user, ['members', 'list']);
    expect(limited).toMatchObject({ code: 6, stdout: '' });
    expect(limited.stderr).toMatch(/Try again in \d+ (s|min)\./);
  }, 60_000);

  test('what reads a part of the output and goes away is no failure', async () => {
    const program = start(owner, ['members', 'list']);
    program.child.stdout?.destroy();
    expect((await program.finished).code).toBe(0);
  }, 30_000);

  (hasTerminals ? test : test.skip)(
    'colours are for terminals whose reader wants them',
    async () => {
      const seen = await atTerminal(owner, ['tenants', 'list']).finished;
      expect(seen.stdout).toContain('\u001b[32mactive');
      const plain = await atTerminal({ ...owner, env: { NO_COLOR: '1' } }, ['tenants', 'list']).finished;
      expect(plain.stdout).toContain('acme');
      expect(plain.stdout).not.toContain('\u001b[3');
      expect((await plinth(owner, ['tenants', 'list'])).stdout).not.toContain('\u001b');
    },
    60_000,
  );

  (hasTerminals ? test : test.skip)(
    'a question at a terminal is answered there, and no is no',
    async () => {
      await plinth(owner, ['members', 'invite', 'asked@acme.example', '--role', 'viewer']);
      const asked = atTerminal(owner, ['members', 'remove', 'asked@acme.example']);
      await asked.said(/\[y\/N\]/);
      asked.child.stdin?.write('n\r');
      expect((await asked.finished).code).toBe(1);
      expect((await plinth(owner, ['members', 'list', '--invited'])).stdout).toMatch(
        /asked@\S+\s+viewer\s+pending/,
      );
    },
    60_000,
  );
});

type Kept = { accessToken: string; expiresAtMs: number; refreshToken: string };
type File = { accounts: Record<string, { tokens: Kept }> };

function accountOf(user: User): { tokens: Kept } {
  const { accounts } = JSON.parse(readFileSync(kept(user), 'utf8')) as File;
  const account = accounts[new URL(user.url).origin];
  if (account === undefined) throw new Error('nothing is kept');
  return account;
}

function edit(user: User, tokens: Kept): void {
  const file = JSON.parse(readFileSync(kept(user), 'utf8')) as File;
  file.accounts[new URL(user.url).origin] = { tokens };
  writeFileSync(kept(user), JSON.stringify(file));
}

function sessions(accessToken: string): Promise<Response> {
  return fetch(`${stack.url}/v1/me/sessions`, { headers: { authorization: `Bearer ${accessToken}` } });
}

/** What is recorded of the session that a token belongs to. */
async function sessionOf(accessToken: string): Promise<unknown> {
  const { origin_jti: id } = decodeJwt(accessToken);
  return (await inDatabase('select client, device_id from app.sessions where id = $1', [id]))[0];
}

/** A job of nobody's tenant that failed too often, as the keeper puts it aside. */
async function putAside(): Promise<string> {
  const [id, messageId] = [randomUUID(), randomUUID()];
  const body = JSON.stringify({
    ...{ messageId: formatId('message', messageId), type: 'members.sendInvitation', tenantId: null },
    payload: {},
  });
  await inDatabase(
    `insert into app.dead_letters (id, queue, type, message_id, body, bytes)
     values ($1, 'members', 'members.sendInvitation', $2, $3, $4)`,
    [id, messageId, body, body.length],
  );
  return formatId('deadLetter', id);
}

async function inDatabase(text: string, values: unknown[]): Promise<unknown[]> {
  const admin = new pg.Client({ connectionString: stack.adminUrl });
  await admin.connect();
  try {
    return (await admin.query<Record<string, unknown>>(text, values)).rows;
  } finally {
    await admin.end();
  }
}

/** The platform’s staff leave a tenant no call. */
async function allowNothing(tenantId: string): Promise<void> {
  const staff = newUser();
  await login(staff, { email: people.admin, password });
  const answer = await fetch(`${stack.url}/v1/platform/tenants/${tenantId}/overrides`, {
    method: 'PATCH',
    headers: {
      authorization: `Bearer ${accountOf(staff).tokens.accessToken}`,
      'content-type': 'application/json',
    },
    body: JSON.stringify({ reason: 'A test', usage: { api_calls: { hour: 0 } } }),
  });
  if (!answer.ok) throw new Error(await answer.text());
}
