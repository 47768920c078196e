/** What the pages refuse, hide and protect. */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { authorization, browser, signInHosted } from './browser.ts';
import type { Browser, Page } from './browser.ts';
import { PASSWORD, POOL_ID, startPool } from './pool.ts';
import type { TestPool } from './pool.ts';

let pool: TestPool;
let visitor: Browser;
let start: Page;
beforeAll(async () => {
  pool = await startPool();
});
afterAll(async () => {
  await pool.stop();
});
beforeEach(async () => {
  visitor = browser(pool.loginUrl);
  start = await visitor.open(authorization().url);
});

/** A page below the current sign-in. */
const below = (path: string): Promise<Page> => visitor.open(new URL(start.url).pathname + path);
const alert = (page: Page): string => /role="alert">([^<]*)/.exec(page.text)?.[1]?.trim() ?? '';
/** A page with what differs between two sign-ins taken out. */
const shape = (page: Page, email: string): string =>
  `${page.status} ${page.text
    .replaceAll(/\/login\/[\w-]+/g, '')
    .replaceAll(/value="[\w-]{43}"/g, '')
    .replaceAll(email, 'EMAIL')}`;

const signUp = async (email: string, password = PASSWORD): Promise<Page> =>
  visitor.submit(await below('/signup'), { name: 'Ada', email, password });

describe('passwords and codes', () => {
  test.each([
    ['Short7a', 'Password not long enough.'],
    ['correct horse 7 battery', 'Password must have uppercase characters.'],
    ['CORRECT HORSE 7 BATTERY', 'Password must have lowercase characters.'],
    ['correct Horse battery', 'Password must have numeric characters.'],
  ])('[IDN-1] the policy refuses %s', async (password, message) => {
    const page = await signUp('policy@example.com', password);
    expect([page.status, alert(page)]).toEqual([400, message]);
    expect(page.text).toContain('aria-invalid="true"');
    expect(pool.sql("SELECT * FROM users WHERE email = 'policy@example.com'")).toEqual([]);
  });

  test('[IDN-1] an unverified address cannot sign in, and is led to its code', async () => {
    await signUp('unverified@example.com');
    const page = await visitor.submit(await below(''), {
      email: 'unverified@example.com',
      password: PASSWORD,
    });
    expect(page.text).toContain('Check your e-mail');
    expect(pool.mails.filter(({ to }) => to === 'unverified@example.com')).toHaveLength(2);
  });

  test('[IDN-1] a code is guessed at most five times', async () => {
    const confirm = await signUp('guess@example.com');
    const right = pool.codeFor('guess@example.com');
    const wrong = right === '000000' ? '000001' : '000000';
    for (let guess = 0; guess < 5; guess += 1) {
      const page = await visitor.submit(confirm, { code: wrong });
      expect(alert(page)).toBe('This code is not right or no longer valid.');
      pool.sql("DELETE FROM attempts WHERE subject = 'signup:guess@example.com'");
    }
    expect((await visitor.submit(confirm, { code: right })).status).toBe(400);
    const second = { ...confirm, text: confirm.text.slice(confirm.text.indexOf('</form>')) };
    const again = await visitor.submit(second, {});
    const done = await visitor.submit(again, { code: pool.codeFor('guess@example.com') });
    expect(done.text).toContain('is confirmed');
  });

  test('[IDN-1] a sign-up code ends after 24 hours, a reset code after one', async () => {
    const confirm = await signUp('late@example.com');
    const [row] = pool.sql(
      "SELECT expires FROM codes JOIN users USING (sub) WHERE email = 'late@example.com'",
    );
    expect(Math.round((Number(row?.expires) - Date.now()) / 3_600_000)).toBe(24);
    pool.sql('UPDATE codes SET expires = ?', Date.now() - 1);
    expect((await visitor.submit(confirm, { code: pool.codeFor('late@example.com') })).status).toBe(400);

    await pool.addUser('late-reset@example.com');
    const reset = await visitor.submit(await below('/forgot'), { email: 'late-reset@example.com' });
    const [code] = pool.sql("SELECT expires FROM codes WHERE kind = 'reset'");
    expect(Math.round((Number(code?.expires) - Date.now()) / 60_000)).toBe(60);
    pool.sql('UPDATE codes SET expires = ?', Date.now() - 1);
    const page = await visitor.submit(reset, {
      code: pool.codeFor('late-reset@example.com'),
      password: 'another Horse 8 battery',
    });
    expect(page.status).toBe(400);
  });

  test('a forgotten password is replaced with a code from the e-mail, and the old one ends', async () => {
    await pool.addUser('forgot@example.com');
    const reset = await visitor.submit(await below('/forgot'), { email: 'forgot@example.com' });
    const weak = await visitor.submit(reset, { code: pool.codeFor('forgot@example.com'), password: 'weak' });
    expect(alert(weak)).toBe('Password not long enough.');
    const back = await visitor.submit(reset, {
      code: pool.codeFor('forgot@example.com'),
      password: 'another Horse 8 battery',
    });
    expect(back.text).toContain('Your password is changed');
    expect(alert(await visitor.submit(back, { email: 'forgot@example.com', password: PASSWORD }))).toBe(
      'E-mail or password is not right.',
    );
    expect((await signInHosted(pool.loginUrl, 'forgot@example.com', 'another Horse 8 battery')).status).toBe(
      200,
    );
  });

  test('codes are sent five times an hour at most', async () => {
    await pool.addUser('flood@example.com');
    const forgot = await below('/forgot');
    for (let send = 0; send < 5; send += 1) await visitor.submit(forgot, { email: 'flood@example.com' });
    expect(alert(await visitor.submit(forgot, { email: 'flood@example.com' }))).toContain(
      'Too many requests',
    );
    expect(pool.mails.filter(({ to }) => to === 'flood@example.com')).toHaveLength(5);

    const confirm = await signUp('flood-2@example.com');
    const second = { ...confirm, text: confirm.text.slice(confirm.text.indexOf('</form>')) };
    for (let send = 1; send < 5; send += 1) await visitor.submit(second, {});
    expect(alert(await visitor.submit(second, {}))).toContain('Too many requests');
    expect(pool.mails.filter(({ to }) => to === 'flood-2@example.com')).toHaveLength(5);
  });
});

describe('nothing tells whether an address has an account', () => {
  test('[IDN-6] a wrong password and an unknown address look alike', async () => {
    await pool.addUser('known@example.com');
    const known = await visitor.submit(start, {
      email: 'known@example.com',
      password: 'wrong Horse 7 battery',
    });
    const unknown = await visitor.submit(start, {
      email: 'nobody@example.com',
      password: 'wrong Horse 7 battery',
    });
    expect(alert(known)).toBe('E-mail or password is not right.');
    expect(shape(known, 'known@example.com')).toBe(shape(unknown, 'nobody@example.com'));
  });

  test('signing up with a taken address looks like any sign-up, up to the code', async () => {
    await pool.addUser('taken@example.com');
    const taken = await signUp('taken@example.com');
    const takenTry = await visitor.submit(taken, { code: '123456' });
    const fresh = await signUp('fresh@example.com');
    const freshTry = await visitor.submit(fresh, {
      code: pool.codeFor('fresh@example.com') === '123456' ? '1' : '123456',
    });
    expect(shape(taken, 'taken@example.com')).toBe(shape(fresh, 'fresh@example.com'));
    expect(shape(takenTry, 'taken@example.com')).toBe(shape(freshTry, 'fresh@example.com'));
    expect(pool.mails.find(({ to }) => to === 'taken@example.com')?.subject).toBe(
      'You already have an account',
    );
  });

  test('asking for a reset looks alike for everybody', async () => {
    await pool.addUser('resettable@example.com');
    await pool.addUser('disabled@example.com');
    await pool.call('AdminDisableUser', { UserPoolId: POOL_ID, Username: 'disabled@example.com' });
    const pages = [];
    for (const email of ['resettable@example.com', 'disabled@example.com', 'unknown@example.com']) {
      const reset = await visitor.submit(await below('/forgot'), { email });
      pages.push(
        shape(reset, email),
        shape(await visitor.submit(reset, { code: '12', password: PASSWORD }), email),
      );
    }
    expect(new Set(pages).size).toBe(2);
    expect(
      pool.mails.filter(({ to }) => to === 'disabled@example.com' || to === 'unknown@example.com'),
    ).toEqual([]);
  });
});

describe('lockout', () => {
  const lock = (): number =>
    Number(pool.sql("SELECT locked_until FROM attempts WHERE subject = 'lock@example.com'")[0]?.locked_until);
  const unlock = (): unknown =>
    pool.sql("UPDATE attempts SET locked_until = 0 WHERE subject = 'lock@example.com'");

  test('[IDN-6] five failures lock, longer each time, and the right password does not help meanwhile', async () => {
    await pool.addUser('lock@example.com');
    const wrong = { email: 'lock@example.com', password: 'wrong Horse 7 battery' };
    for (let failure = 0; failure < 5; failure += 1) await visitor.submit(start, wrong);
    // Held in place: the first lock lasts only a second.
    pool.sql("UPDATE attempts SET locked_until = ? WHERE subject = 'lock@example.com'", Date.now() + 60_000);
    const right = await visitor.submit(start, { email: 'lock@example.com', password: PASSWORD });
    expect(alert(right)).toContain('Too many tries');
    const lengths = [];
    for (let failure = 0; failure < 3; failure += 1) {
      unlock();
      const before = Date.now();
      await visitor.submit(start, wrong);
      lengths.push(Math.round((lock() - before) / 1000));
    }
    expect(lengths).toEqual([2, 4, 8]);
    unlock();
    expect(
      (await visitor.submit(start, { email: 'lock@example.com', password: PASSWORD })).location,
    ).toContain('code=');
  });

  test('[IDN-6] guesses made at the same moment are not all judged', async () => {
    await pool.addUser('parallel@example.com');
    const guess = { email: 'parallel@example.com', password: 'wrong Horse 7 battery' };
    const pages = await Promise.all(Array.from({ length: 12 }, () => visitor.submit(start, guess)));
    expect(
      pages.filter((page) => alert(page) === 'E-mail or password is not right.').length,
    ).toBeLessThanOrEqual(5);
  });

  test('an unknown address locks just the same', async () => {
    const guess = { email: 'ghost@example.com', password: 'wrong Horse 7 battery' };
    for (let failure = 0; failure < 5; failure += 1) await visitor.submit(start, guess);
    expect(
      pool.sql("SELECT locked_until FROM attempts WHERE subject = 'ghost@example.com'")[0]?.locked_until,
    ).toBeGreaterThan(0);
  });
});

describe('forms', () => {
  test('a form without its token, from another origin or from another sign-in is refused', async () => {
    const fields = { email: 'a@example.com', password: PASSWORD };
    expect((await visitor.submit(start, { ...fields, csrf: 'x' })).status).toBe(403);
    expect((await visitor.submit(start, fields, { 'sec-fetch-site': 'same-site' })).status).toBe(403);
    expect((await visitor.submit(start, fields, { origin: 'http://localhost:5173' })).status).toBe(403);
    const other = browser(pool.loginUrl);
    await other.open(authorization().url);
    expect((await other.submit(start, fields)).status).toBe(400);
  });

  test('a very long form is refused', async () => {
    expect((await visitor.submit(start, { email: 'a'.repeat(20_000) })).status).toBe(403);
  });

  test('what people type comes back escaped', async () => {
    const page = await visitor.submit(start, { email: '"><script>alert(1)</script>', password: 'x' });
    expect(page.text).not.toContain('<script');
    expect(page.text).toContain('&quot;&gt;&lt;script&gt;');
    const error = await visitor.open('/oauth2/authorize?client_id=<script>alert(1)</script>');
    expect(error.text).not.toContain('<script');
  });

  test('every page forbids scripts, frames, caching and foreign content', async () => {
    for (const page of [start, await below('/signup'), await visitor.open('/nowhere')]) {
      const policy = page.headers.get('content-security-policy') ?? '';
      expect(policy).toContain("default-src 'none'");
      expect(policy).toContain("frame-ancestors 'none'");
      expect(policy).not.toContain('unsafe');
      expect(page.headers.get('cache-control')).toBe('no-store');
      expect(page.headers.get('x-content-type-options')).toBe('nosniff');
      expect(page.text).not.toMatch(/<script|style="|(src|href)="http/);
    }
  });

  test('a sign-in that is over says so, and a page that needs a step before it leads back', async () => {
    expect((await browser(pool.loginUrl).open(start.url)).text).toContain('Please start again');
    for (const path of ['/confirm', '/reset', '/mfa', '/mfa-setup', '/new-password', '/resend']) {
      expect((await below(path)).status).toBe(200);
    }
    expect((await below('/nowhere')).status).toBe(404);
    expect((await below('/__proto__')).status).toBe(404);
  });

  test('a temporary password leads to one of the person’s own', async () => {
    await pool.call('AdminCreateUser', {
      UserPoolId: POOL_ID,
      Username: 'invited@example.com',
      TemporaryPassword: 'temporary Horse 1',
      UserAttributes: [{ Name: 'email_verified', Value: 'true' }],
    });
    const choose = await visitor.submit(start, {
      email: 'invited@example.com',
      password: 'temporary Horse 1',
    });
    expect(choose.text).toContain('Choose your own password');
    const done = await visitor.submit(choose, { password: PASSWORD });
    expect(done.location).toContain('code=');
    expect((await signInHosted(pool.loginUrl, 'invited@example.com', PASSWORD)).status).toBe(200);
  });
});
