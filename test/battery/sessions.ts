/**
 * Sessions against everybody who should be signed out (IDN-3, IDN-4, IDN-5): revoked sessions on other instances and
 * functions, ends in time, devices, and refresh tokens that come more than once.
 */
import { randomUUID } from 'node:crypto';
import { formatId } from '#shared/contract/ids.ts';
import type { ConsoleTab } from '#test/support/console-tab.ts';
import type { Report } from './figures.ts';
import { eventsOf, type Held, isOver, type SignedIn, signedInAt } from './sessions/people.ts';
import { signInTab, tabWith } from './sessions/tabs.ts';
import type { HttpAnswer } from './support/http.ts';
import { breakages, survivors } from './sessions/breakages.ts';
import { type BatterySite, startSite } from './support/site.ts';

export const summary = 'Sessions that are revoked, over, or refreshed twice, on several instances';

const people = 30;
/** Instances of one function that a person keeps busy at a time. */
const instances = 4;
const usesAtOnce = 50;
/** Each signs in once through the login pages, which one address may do ten times a minute. */
const families = 8;

const hour = 3_600;

export async function run(report: Report): Promise<void> {
  report.progress('starting a stack');
  const site = await startSite();
  try {
    const signedIn = signedInAt(site);
    await revokeOne(report, site, signedIn);
    await revokeMany(report, site, signedIn);
    await revokeDevices(report, site, signedIn);
    await letTimePass(report, site, signedIn);
    await refuseForeignPages(report, site);
    await sendHostileCookies(report, site);
    await reuseCookies(report, site, signedIn);
    report.progress('deployments that are broken on purpose');
    const unnoticed = await survivors(site, signedIn);
    report.none('broken deployments unnoticed', unnoticed.length, breakages.length, unnoticed);
  } finally {
    await site.stop();
  }
}

/** Answers that let somebody pass who is signed out, as sentences. */
function passed(who: string, answers: readonly HttpAnswer[]): string[] {
  return answers.filter((answer) => !isOver(answer)).map(({ status }) => `${who} was answered ${status}`);
}

/** Answers that refuse somebody who is signed in, as sentences. */
function refused(who: string, answers: readonly HttpAnswer[]): string[] {
  return answers.filter(({ status }) => status >= 300).map(({ status }) => `${who} was answered ${status}`);
}

/** What came of many people's turns. */
type Outcome = { passed: string[]; refused: string[]; tries: number; controls: number };

async function many(count: number, turn: (outcome: Outcome) => Promise<void>): Promise<Outcome> {
  const outcome: Outcome = { passed: [], refused: [], tries: 0, controls: 0 };
  for (let index = 0; index < count; index += 1) await turn(outcome);
  return outcome;
}

function tell(report: Report, what: string, outcome: Outcome): void {
  report.none(`${what}: answered`, outcome.passed.length, outcome.tries, outcome.passed);
  report.none(`${what}: others refused`, outcome.refused.length, outcome.controls, outcome.refused);
}

function tryEnded(outcome: Outcome, who: string, answers: readonly HttpAnswer[]): void {
  outcome.tries += answers.length;
  outcome.passed.push(...passed(who, answers));
}

function tryAlive(outcome: Outcome, who: string, answers: readonly HttpAnswer[]): void {
  outcome.controls += answers.length;
  outcome.refused.push(...refused(who, answers));
}

/** The very next requests, on instances that have all served the session before, and in another function. */
async function revokeOne(report: Report, site: BatterySite, signedIn: SignedIn): Promise<void> {
  report.progress(`${people} people revoke one of two sessions`);
  const outcome = await many(people, async (seen) => {
    const tenant = await site.world.tenant();
    const person = await site.world.member(tenant, 'viewer');
    const [kept, lost] = [await signedIn.session(person), await signedIn.session(person)];
    tryAlive(seen, 'a session before its end', await signedIn.profile(lost, instances));
    tryAlive(seen, 'a session before its end', [await signedIn.members(lost, tenant)]);
    tryAlive(seen, 'whoever revokes', [await signedIn.revoke(kept, lost.id)]);
    tryEnded(seen, 'a revoked session', await signedIn.profile(lost, instances));
    tryEnded(seen, 'a revoked session', [await signedIn.members(lost, tenant), await signedIn.list(lost)]);
    tryAlive(seen, 'the other session', [await signedIn.members(kept, tenant)]);
  });
  tell(report, 'revoked session', outcome);
}

async function revokeMany(report: Report, site: BatterySite, signedIn: SignedIn): Promise<void> {
  report.progress('signing out everywhere, and everywhere else');
  const outcome = await many(people, async (seen) => {
    const person = site.world.stranger();
    const all = await Promise.all([1, 2, 3].map((ago) => signedIn.session(person, ago)));
    const [current, ...others] = all as [Held, ...Held[]];
    for (const held of all) tryAlive(seen, 'a session before its end', await signedIn.profile(held));
    tryAlive(seen, 'signing out everywhere else', [await signedIn.revokeAll(current, true)]);
    for (const held of others) tryEnded(seen, 'another session', await signedIn.profile(held, 2));
    tryAlive(seen, 'the one that was kept', await signedIn.profile(current, 2));
    const unused = await signedIn.session(person, 1);
    tryAlive(seen, 'signing out everywhere', [await signedIn.revokeAll(current, false)]);
    for (const held of [current, unused]) tryEnded(seen, 'any session', await signedIn.profile(held, 2));
    // A sign-in that is later by the clock that tokens carry.
    tryAlive(seen, 'a new sign-in', await signedIn.profile(await signedIn.session(person, -1)));
  });
  tell(report, 'signed out everywhere', outcome);
}

async function revokeDevices(report: Report, site: BatterySite, signedIn: SignedIn): Promise<void> {
  report.progress('revoking devices');
  const outcome = await many(people, async (seen) => {
    const person = site.world.stranger();
    const deviceId = randomUUID();
    const on = { 'x-device-id': deviceId, 'x-app-version': '1.0' };
    const [elsewhere, ...there] = (await Promise.all(
      Array.from({ length: 3 }, () => signedIn.session(person)),
    )) as [Held, ...Held[]];
    for (const held of there) tryAlive(seen, 'a device before', await signedIn.profile(held, 1, on));
    tryAlive(seen, 'whoever revokes', [await signedIn.revokeDevice(elsewhere, formatId('device', deviceId))]);
    for (const held of there) tryEnded(seen, 'a revoked device', await signedIn.profile(held, 2, on));
    tryAlive(seen, 'another device', await signedIn.profile(elsewhere));
  });
  tell(report, 'revoked device', outcome);
}

/** Ends that nobody asks for. Time is moved in the session’s attribute and in when the token says it began. */
async function letTimePass(report: Report, site: BatterySite, signedIn: SignedIn): Promise<void> {
  report.progress('idle and absolute ends');
  const idle = await many(people, async (seen) => {
    const held = await signedIn.session(site.world.stranger());
    tryAlive(seen, 'a session', await signedIn.profile(held));
    await signedIn.moveIdleEnd(held, 5);
    tryAlive(seen, 'a session that was nearly idle', await signedIn.profile(held));
    tryAlive(seen, 'the same, renewed', await signedIn.profile(held, 2));
    await signedIn.moveIdleEnd(held, -1);
    tryEnded(seen, 'an idle session', await signedIn.profile(held, 2));
  });
  tell(report, 'idle session', idle);
  const over = await many(people, async (seen) => {
    const tenant = await site.world.tenant();
    const [viewer, owner] = [
      await site.world.member(tenant, 'viewer'),
      await site.world.member(tenant, 'owner'),
    ];
    const staff = { 'cognito:groups': ['platform-admin'] };
    const old = async (person: typeof viewer, seconds: number, claims = {}) =>
      signedIn.session(person, seconds, claims);
    tryAlive(seen, 'a viewer after 11:59', [
      await signedIn.members(await old(viewer, 12 * hour - 60), tenant),
    ]);
    tryEnded(seen, 'a viewer after 12:00', [
      await signedIn.members(await old(viewer, 12 * hour + 1), tenant),
    ]);
    tryAlive(seen, 'an owner after 3:59', [await signedIn.members(await old(owner, 4 * hour - 60), tenant)]);
    tryEnded(seen, 'an owner after 4:00', [await signedIn.members(await old(owner, 4 * hour + 1), tenant)]);
    tryEnded(seen, 'staff after 4:00', await signedIn.profile(await old(viewer, 4 * hour + 1, staff)));
    tryEnded(seen, 'anybody after a week', await signedIn.profile(await old(viewer, 7 * 24 * hour)));
  });
  tell(report, 'session past its end', over);
}

async function refuseForeignPages(report: Report, site: BatterySite): Promise<void> {
  report.progress('calls that no page of the console makes');
  const paths = ['/v1/session', '/v1/session/refresh', '/v1/session/end'];
  const good = { origin: site.url, 'content-type': 'application/json' };
  const bad: Record<string, string>[] = [
    ...['https://evil.example', `${site.url}.evil.example`, 'null', site.url.replace('http:', 'https:')].map(
      (origin) => ({ ...good, origin }),
    ),
    { 'content-type': good['content-type'] },
    ...['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data; boundary=x'].map((type) => ({
      ...good,
      'content-type': type,
    })),
    { origin: good.origin },
  ];
  const complaints: string[] = [];
  for (const path of paths) {
    for (const headers of bad) {
      const { status } = await site.http.send({ method: 'POST', path, headers, body: '{}' });
      // The gateway itself refuses media types that it does not know.
      if (status !== 403 && status !== 415)
        complaints.push(`${path} answered ${status} to ${JSON.stringify(headers)}`);
    }
    for (const method of ['GET', 'PUT', 'DELETE', 'PATCH']) {
      const { status } = await site.http.send({ method, path, headers: good, body: '{}' });
      if (status !== 404) complaints.push(`${method} ${path} answered ${status}`);
    }
  }
  report.none(
    'foreign calls with the cookie',
    complaints.length,
    paths.length * (bad.length + 4),
    complaints,
  );
}

/** Cookies and bodies that no browser was ever given: refused by what the contract declares, and by nothing else. */
async function sendHostileCookies(report: Report, site: BatterySite): Promise<void> {
  report.progress('hostile cookies and bodies');
  const { tab } = await signInTab(site);
  const [name = '', value = ''] = tab.cookie?.split('=') ?? [];
  const [session = '', secret = '', current = ''] = value.split('.');
  // Whoever knows the family's secret may end it, so none of these does.
  const values = [
    ...['', '.', '..', '...', 'x', '%00', '%', '"', '{}', "'; drop table", '__proto__.a.b', '../../etc.a.b'],
    ...[`x${value}`, value.toUpperCase(), `${value}.x`, `${session}..`, `.${secret}.${current}`],
    ...[`${session}.${current}.${secret}`, `${session}.${secret.slice(0, -1)}.${current}`],
    ...[`${session}.${secret}x.${current}`, `${randomUUID()}.${secret}.${current}`],
    ...[`${session}.${'x'.repeat(6_000)}.y`, '\xe9\xff'.repeat(50), `${session}.é.ü`, '='.repeat(500)],
  ];
  const bodies = ['{}', '[]', 'null', '""', '0', '{', '', '{"__proto__":{}}', '{"x":1}', '['.repeat(50_000)];
  const headers = { origin: site.url, 'content-type': 'application/json' };
  const cases = [
    ...values.map((one) => ({ cookie: `${name}=${one}`, body: '{}' })),
    ...values.map((one) => ({ cookie: `${name}=${one}; ${name}=${one}`, body: '{}' })),
    ...bodies.map((body) => ({ cookie: `${name}=x.y.z`, body })),
    { cookie: Array.from({ length: 200 }, (_each, index) => `c${index}=v`).join('; '), body: '{}' },
  ];
  const complaints: string[] = [];
  for (const path of ['/v1/session/refresh', '/v1/session/end']) {
    const right = [400, path.endsWith('end') ? 200 : 401];
    for (const { cookie, body } of cases) {
      const { status } = await site.http.send({
        method: 'POST',
        path,
        headers: { ...headers, cookie },
        body,
      });
      if (right.includes(status)) continue;
      complaints.push(`${path} answered ${status} to ${JSON.stringify([cookie, body]).slice(0, 200)}`);
    }
  }
  const { status } = await tab.post('/v1/session/refresh');
  if (status !== 200) complaints.push(`the good cookie was answered ${status} afterwards`);
  report.none('hostile cookies: wrong answers', complaints.length, 2 * cases.length + 1, complaints);
}

/** One cookie, used by many at the same moment: whatever they get is worth nothing a moment later. */
async function reuseCookies(report: Report, site: BatterySite, signedIn: SignedIn): Promise<void> {
  report.progress(`${families} cookies, each used ${usesAtOnce} times at once`);
  const refresh = (tab: ConsoleTab) => tab.post('/v1/session/refresh');
  const reuses: string[] = [];
  const answered: number[] = [];
  let after = 0;
  let unavailable = 0;
  const alive: string[] = [];
  let events = 0;
  for (let round = 0; round < families; round += 1) {
    const { tab, begun } = await signInTab(site);
    const first = await refresh(tab);
    if (first.status !== 200) reuses.push(`a first refresh was answered ${first.status}`);
    const tabs = Array.from({ length: usesAtOnce }, () => tabWith(site, tab.cookie));
    const answers = await Promise.all(tabs.map(refresh));
    answered.push(answers.filter(({ status }) => status === 200).length);
    // On a busy machine some are told to try again; they would be refused then.
    const odd = answers.filter(({ status }) => ![200, 401, 503].includes(status));
    unavailable += answers.filter(({ status }) => status === 503).length;
    reuses.push(...odd.map(({ status }) => `a use at once was answered ${status}`));
    const [, payload = ''] = (first.accessToken ?? '').split('.');
    const { sub } = JSON.parse(Buffer.from(payload, 'base64url').toString()) as { sub: string };
    const person = { id: formatId('user', sub), email: '', name: '' };
    const tokens = [begun, first, ...answers].flatMap(({ accessToken }) => accessToken ?? []);
    for (const token of tokens) {
      const held: Held = { person, id: formatId('session', sub), token };
      alive.push(...passed('an access token of a dead family', await signedIn.profile(held, 2)));
      after += 2;
    }
    for (const one of [tab, ...tabs]) {
      const { status } = await refresh(one);
      if (status !== 401) alive.push(`a cookie of a dead family was answered ${status}`);
      after += 1;
    }
    events = await eventsOf(site, person, 'refresh_token_reused');
  }
  report.figure('uses of one cookie answered, most', Math.max(...answered), `of ${usesAtOnce}`, {
    atMost: 1,
  });
  report.none('uses of one cookie: odd answers', reuses.length, families * (usesAtOnce + 1), reuses);
  report.figure('uses of one cookie told to try again', unavailable, `of ${families * usesAtOnce}`);
  report.none('dead family: answered', alive.length, after, alive);
  report.figure('reuses recorded', events, `of ${families}`, { exactly: families });
}
