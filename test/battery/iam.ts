/**
 * Least privilege, by enumeration (OPS-5, GOV-3): a whole stack does everything that it can do, every AWS call is
 * judged by the role of its function, and what the templates grant is held against what was used. A grant that
 * nothing used is named, unless there is a reason that still holds.
 */
import { endpointsOf } from '#shared/contract/module.ts';
import { registry } from '#shared/registry.ts';
import type { Report } from './figures.ts';
import {
  askOnBedrock,
  callEverything,
  connected,
  lockSomebody,
  loseWakeUps,
  nameConnections,
  playStory,
  runSchedules,
  useChannels,
  withoutIdleLogins,
} from './iam/exercise.ts';
import { explained } from './iam/explained.ts';
import { useCopies } from './iam/copies.ts';
import { useExports } from './iam/exports.ts';
import { publishTellings, putAside } from './iam/jobs.ts';
import { useRestores } from './iam/restores.ts';
import { type Grant, grantsOf, inWords } from './iam/grants.ts';
import { newRecorder, type Recorder } from './iam/recorder.ts';
import { usageOf } from './iam/usage.ts';
import { type BatterySite, startSite } from './support/site.ts';

export const summary = 'Every grant of every role, against every call that uses it';

export async function run(report: Report): Promise<void> {
  report.progress('starting a stack');
  const recorder = newRecorder();
  const site = await startSite({ onDecision: recorder.onDecision });
  try {
    const names = await doEverything(site, recorder, report);
    judgeGrants(site, recorder, names, report);
  } finally {
    await site.stop();
  }
}

/** @returns the functions that were connected to the database */
async function doEverything(site: BatterySite, recorder: Recorder, report: Report): Promise<Set<string>> {
  const names = new Set<string>();
  const note = async () => {
    for (const name of await connected(site)) names.add(name);
  };
  await nameConnections(site);
  report.progress('the story of the product');
  await playStory(site);
  const endpoints = endpointsOf(Object.values(registry));
  report.progress(`${endpoints.length} endpoints`);
  await publishTellings(site);
  const failed = await callEverything(site, endpoints);
  failed.push(...(await useChannels(site, endpoints)), ...(await lockSomebody(site)));
  failed.push(...(await askOnBedrock(site, endpoints)), ...(await useExports(site)));
  failed.push(...(await useRestores(site)), ...(await useCopies(site)), ...(await putAside(site)));
  await recorder.quiet();
  await note();
  report.progress(`${endpoints.length} endpoints whose wake-ups are lost, then the schedules`);
  await loseWakeUps(site);
  await publishTellings(site);
  failed.push(...(await callEverything(site, endpoints)));
  const schedules = await runSchedules(site);
  await recorder.quiet();
  await note();
  none(report, 'endpoints that did not succeed', failed, 2 * endpoints.length);
  none(report, 'schedules that failed', schedules.failed, schedules.tried);
  return names;
}

function judgeGrants(site: BatterySite, recorder: Recorder, names: Set<string>, report: Report): void {
  const grants = grantsOf(site.stack.cell);
  const decisions = withoutIdleLogins(recorder.decisions(), site, names);
  const usage = usageOf(grants, decisions, explained);
  report.figure('grants', grants.length, 'role × action × resource', { atLeast: 1 });
  report.figure('exercised', usage.exercised.length, 'grants', { atLeast: 1 });
  report.figure('explained', usage.explained.length, 'grants');
  none(report, 'unexplained', usage.unexplained.map(inWords), grants.length);
  none(report, 'explanations that do not hold', usage.stale, explained.length);
  none(report, 'denied calls that were expected to pass', usage.denied, recorder.judged());
  none(report, 'grants that nobody would miss', usage.notMissed.map(inWords), usage.exercised.length);
  const added = superfluous(grants, usage.exercised);
  const unnoticed = added.filter(
    (one) => !usageOf([...grants, one], decisions, explained).unexplained.includes(one),
  );
  none(report, 'superfluous grants unnoticed', unnoticed.map(inWords), added.length);
  for (const { why, ...fits } of explained) {
    const { length } = usageOf(usage.explained, [], [{ why, ...fits }]).explained;
    report.note(`explained: ${length} × ${why}`);
  }
}

/** What a template could grant too much: everything that is used once more, and actions that nobody takes. */
function superfluous(grants: readonly Grant[], exercised: readonly Grant[]): Grant[] {
  const again = exercised.map((grant) => ({ ...grant, policy: 1_000 }));
  const roles = [...new Set(grants.map(({ role }) => role))];
  const strange = ['dynamodb:*', 'logs:DeleteLogGroup', 'ec2:RunInstances', 'lambda:InvokeFunction'];
  const wider = roles.flatMap((role) =>
    strange.map((action) => ({ role, action, resource: '*', policy: 1_000, statement: 0 })),
  );
  return [...again, ...wider];
}

function none(report: Report, id: string, found: readonly string[], tried: number): void {
  report.none(id, found.length, tried, found);
}
