/**
 * One-time codes against somebody who has all the time and connections in the world (IDN-7): guesses, at once and
 * one after the other; one right code used many times; codes that are over, replaced, or somebody else's.
 */
import type { Report } from './figures.ts';
import { type Owner, type People, peopleOf, wrongOf } from './otp/people.ts';
import { atMost } from '#test/support/at-most.ts';
import type { HttpAnswer } from './support/http.ts';
import { type BatterySite, startSite } from './support/site.ts';

export const summary = '10,000 guesses against live one-time codes, and every use that a code must not have';

const guessers = 200;
const guessesEach = 50;
const rounds = 20;
const usesAtOnce = 50;
/** People at the same time; each sends all of their guesses at once. */
const atOnce = 4;

export async function run(report: Report): Promise<void> {
  report.progress('starting a stack');
  const site = await startSite();
  const people = peopleOf(site);
  try {
    await guess(report, people);
    await reuse(report, people);
    await refuseSends(report, people);
    await refuseOthers(report, people);
    await countEvents(report, site);
  } finally {
    await site.stop();
  }
}

/** Whether the code was looked at, and not the limit alone. */
const isCompared = ({ status }: HttpAnswer) => status === 200 || status === 422;

/**
 * Half of the people guess wrong until the limit, and then try the right code among all others at once; the other
 * half send all of their guesses, the right one among them, at once.
 */
async function guess(report: Report, people: People): Promise<void> {
  report.progress(`${guessers * guessesEach} guesses of ${guessers} people`);
  const all: { accepted: HttpAnswer[]; compared: number; answers: HttpAnswer[]; isLate: boolean }[] = [];
  const began = Date.now();
  await atMost(atOnce, Array.from({ length: guessers }).keys(), async (index) => {
    const who = await people.owner();
    const code = await people.newCode(who);
    const isLate = index % 2 === 0;
    const first: HttpAnswer[] = [];
    if (isLate) for (let n = 0; n < 5; n += 1) first.push(await people.verify(who, wrongOf(code, n)));
    const rest = Array.from({ length: guessesEach - first.length }, (_, n) =>
      people.verify(who, n % 10 === 9 ? code : wrongOf(code, 100 + n)),
    );
    const answers = [...first, ...(await Promise.all(rest))];
    const accepted = answers.filter(({ status }) => status === 200);
    all.push({ accepted, compared: answers.filter(isCompared).length, answers, isLate });
  });
  const seconds = (Date.now() - began) / 1000;
  const answers = all.flatMap((one) => one.answers);
  const late = all.filter(({ isLate }) => isLate);
  const count = (status: number) => answers.filter((answer) => answer.status === status).length;
  report.none(
    'right codes accepted past the limit',
    late.reduce((sum, { accepted }) => sum + accepted.length, 0),
    late.reduce((sum, { answers: one }) => sum + one.length - 5, 0),
  );
  report.none(
    'people whose code was accepted twice',
    all.filter((one) => one.accepted.length > 1).length,
    all.length,
  );
  report.figure('guesses', answers.length, 'guesses', { atLeast: 10_000 });
  report.figure(
    'guesses compared, most of one person',
    Math.max(...all.map((one) => one.compared)),
    'guesses',
    {
      atMost: 5,
    },
  );
  report.figure('guesses compared', count(200) + count(422), 'guesses', { atMost: 5 * guessers });
  report.figure('guesses refused by the limit', count(429), 'guesses');
  report.figure('guesses answered with 503', count(503), 'guesses');
  report.none(
    'guesses answered with anything else',
    answers.length - [200, 422, 429, 503].reduce((sum, status) => sum + count(status), 0),
    answers.length,
  );
  report.figure('guesses a second', answers.length / seconds, 'guesses/s');
}

async function reuse(report: Report, people: People): Promise<void> {
  report.progress(`one right code ${usesAtOnce} times at once, ${rounds} rounds`);
  const successes: number[] = [];
  for (let round = 0; round < rounds; round += 1) {
    const who = await people.owner();
    const code = await people.newCode(who);
    const answers = await Promise.all(Array.from({ length: usesAtOnce }, () => people.verify(who, code)));
    successes.push(answers.filter(({ status }) => status === 200).length);
  }
  report.none(
    'rounds without exactly one success',
    successes.filter((count) => count !== 1).length,
    rounds,
    successes
      .map((count, round) => `round ${round}: ${count} successes`)
      .filter((line) => !line.endsWith(': 1 successes')),
  );
}

async function refuseSends(report: Report, people: People): Promise<void> {
  report.progress('sends');
  let [tried, wrong] = [0, 0];
  await atMost(atOnce, Array.from({ length: 20 }).keys(), async (index) => {
    const who = await people.owner();
    const isAtOnce = index % 2 === 0;
    const answers: HttpAnswer[] = [];
    if (isAtOnce) answers.push(...(await Promise.all(Array.from({ length: 10 }, () => people.send(who)))));
    else for (let sent = 0; sent < 5; sent += 1) answers.push(await people.send(who));
    tried += 1;
    if (answers.filter(({ status }) => status === 202).length !== 3) wrong += 1;
    if (answers.some(({ status, headers }) => status === 429 && headers['retry-after'] === undefined))
      wrong += 1;
  });
  report.none('people who were sent other than three codes an hour', wrong, tried);
}

/** What a code is not good for; each is tried with the right digits. */
async function refuseOthers(report: Report, people: People): Promise<void> {
  report.progress('codes that are over');
  const cases: Record<string, (who: Owner) => Promise<HttpAnswer>> = {
    expired: async (who) => {
      const code = await people.newCode(who);
      await people.expire(who);
      return people.verify(who, code);
    },
    older: async (who) => {
      const code = await people.newCode(who);
      // By chance the newer one may be the same.
      const newer = await people.newCode(who);
      return people.verify(who, code === newer ? wrongOf(code, 0) : code);
    },
    'another person’s': async (who) => people.verify(await people.owner(), await people.newCode(who)),
    'used before': async (who) => {
      const code = await people.newCode(who);
      await people.verify(who, code);
      return people.verify(who, code);
    },
  };
  const bodies = new Set<string>();
  for (const [name, one] of Object.entries(cases)) {
    let accepted = 0;
    for (let round = 0; round < 10; round += 1) {
      const { status, body } = await one(await people.owner());
      if (status !== 422) accepted += 1;
      bodies.add(JSON.stringify({ ...(body as object), instance: '' }));
    }
    report.none(`codes accepted that are ${name}`, accepted, 10);
  }
  report.figure('different answers to a code that is not good', bodies.size, 'answers', { exactly: 1 });
}

/** However many requests a breach refuses, it is one event for each limit. */
async function countEvents(report: Report, { world }: BatterySite): Promise<void> {
  const { rows } = await world.admin.query<{ people: number; most: number }>(
    `select count(*)::integer as people, max(events)::integer as most from (
       select count(*) as events from app.security_events where type = 'otp_abuse' group by user_id, subject) each`,
  );
  report.figure('breaches kept as security events', rows[0]?.people ?? 0, 'breaches', { atLeast: guessers });
  report.figure('events of one breach, at most', rows[0]?.most ?? 0, 'events', { exactly: 1 });
}
