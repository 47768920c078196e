/**
 * Deployments that keep sessions alive which are over. The battery has to notice each of them. Names are what the
 * bundler made of them: letters, digits and dollars.
 */
import { type Breakage, whileBroken } from '../support/broken.ts';
import type { BatterySite } from '../support/site.ts';
import { isOver, type SignedIn } from './people.ts';
import { signInTab, tabWith } from './tabs.ts';

type Check = (site: BatterySite, signedIn: SignedIn) => Promise<boolean>;

const passed: Check = async (site, signedIn) => {
  const person = site.world.stranger();
  const [one, two] = [await signedIn.session(person), await signedIn.session(person)];
  await signedIn.profile(two);
  await signedIn.revoke(one, two.id);
  return (await signedIn.profile(two)).some((answer) => !isOver(answer));
};

const passedEverywhere: Check = async (site, signedIn) => {
  const held = await signedIn.session(site.world.stranger(), 1);
  await signedIn.profile(held);
  await signedIn.revokeAll(held, false);
  return (await signedIn.profile(held)).some((answer) => !isOver(answer));
};

const passedLate: Check = async (site, signedIn) => {
  const held = await signedIn.session(site.world.stranger(), 12 * 3_600 + 60);
  return (await signedIn.profile(held)).some((answer) => !isOver(answer));
};

const refreshedTwice: Check = async (site) => {
  const { tab } = await signInTab(site);
  const thief = tabWith(site, tab.cookie);
  await tab.post('/v1/session/refresh');
  return (await thief.post('/v1/session/refresh')).status === 200;
};

const calledFromElsewhere: Check = async (site) => {
  const headers = { origin: 'https://evil.example', 'content-type': 'application/json' };
  const answer = await site.http.send({ method: 'POST', path: '/v1/session/end', headers, body: '{}' });
  return answer.status !== 403;
};

/** `check` is whether the breakage shows. */
export const breakages: readonly (Breakage & { check: Check })[] = [
  {
    name: 'a revoked session is renewed',
    module: 'identity',
    from: /(\$\{[\w$]+\([\w$]+\)\} <= \$\{[\w$]+\()[\w$]+(\)\})/,
    to: '$1-1$2',
    check: passed,
  },
  {
    name: 'signing out everywhere is forgotten',
    module: 'identity',
    from: /(\$\{[\w$]+\([\w$]+\)\} >= \$\{[\w$]+\()[\w$]+\.startedAt(\)\})/,
    to: '$1 9e9$2',
    check: passedEverywhere,
  },
  {
    name: 'twelve hours are a year',
    module: 'identity',
    from: /absolute:(12\*60\*60|43200|432e2)/,
    to: 'absolute:31536000',
    check: passedLate,
  },
  {
    name: 'a used token is as good as the next',
    module: 'sessions',
    from: /[\w$]+\.current!==[\w$]+\([\w$]+\)/,
    to: 'false',
    check: refreshedTwice,
  },
  {
    name: 'every page may call',
    module: 'sessions',
    from: /\.allowedOrigins\(\)\.includes\([\w$]+\)/g,
    to: '.allowedOrigins().length>0',
    check: calledFromElsewhere,
  },
];

/** The names of the breakages that nobody noticed. */
export async function survivors(site: BatterySite, signedIn: SignedIn): Promise<string[]> {
  const unnoticed: string[] = [];
  for (const breakage of breakages) {
    const isNoticed = await whileBroken(site, breakage, () => breakage.check(site, signedIn));
    if (!isNoticed) unnoticed.push(breakage.name);
  }
  return unnoticed;
}
