/**
 * Whatever is sent, the answer is one that the contract declares: inputs made from the schemas, inputs that are
 * wrong in one place, and requests that are hostile as such. Nothing internal and nobody else's data is in any of
 * them, nor in what the functions log.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { endpointsOf } from '#shared/contract/module.ts';
import { registry } from '#shared/registry.ts';
import type { Report } from './figures.ts';
import { fuzzInputs, fuzzTransports } from './fuzz/fuzzing.ts';
import { inGoodOrder, takeBack } from './fuzz/platform-wide.ts';
import { type BatterySite, startSite } from './support/site.ts';

export const summary = 'Generated, mutated and hostile requests to every endpoint';

const inputsOfEach = 200;

export async function run(report: Report): Promise<void> {
  report.progress('starting a stack');
  const site = await startSite();
  try {
    // What takes a cookie refuses everything that is no page of the console: the sessions battery is one.
    const open = endpointsOf(Object.values(registry)).filter(({ endpoint }) => endpoint.cookie === undefined);
    const endpoints = inGoodOrder(open);
    const seed = Number(process.env.PLINTH_FUZZ_SEED ?? Date.now() % 2 ** 31);
    report.note(`PLINTH_FUZZ_SEED=${seed} repeats these inputs`);
    for (const kind of ['valid', 'mutated'] as const) {
      report.progress(`${endpoints.length} endpoints × ${inputsOfEach} ${kind} inputs`);
      const { tried, complaints, neverSuccessful } = await fuzzInputs(site, endpoints, {
        ...{ kind, seed, count: inputsOfEach },
      });
      await takeBack(site);
      report.none(`wrong answers to ${kind} inputs`, complaints.length, tried, complaints);
      if (kind === 'valid') {
        report.none(
          'endpoints that never succeeded',
          neverSuccessful.length,
          endpoints.length,
          neverSuccessful,
        );
      }
    }
    report.progress('hostile requests');
    const hostile = await fuzzTransports(site, endpoints);
    report.none(
      'wrong answers to hostile requests',
      hostile.complaints.length,
      hostile.tried,
      hostile.complaints,
    );
    const logged = personalDataInLogs(site);
    report.none('log lines with personal data', logged.found.length, logged.lines, logged.found);
  } finally {
    await site.stop();
  }
}

/** Everybody's address and name in this stack is recognizable. */
function personalDataInLogs({ state, world }: BatterySite): { lines: number; found: string[] } {
  const folder = join(state, 'logs');
  const lines = readdirSync(folder).flatMap((file) =>
    readFileSync(join(folder, file), 'utf8')
      .split('\n')
      .map((line) => `${file}: ${line.slice(0, 500)}`),
  );
  const found = lines.filter((line) => line.includes(world.mailDomain) || /Person [0-9a-f]{8}/.test(line));
  return { lines: lines.length, found };
}
