/**
 * Who may do what, by enumeration (ACC-4, IDN-2, IDN-8, TEN-4): every endpoint of the registry with every token
 * that is worth nothing, as every principal, with every API key, and with ids of another tenant. The expected table comes from the permission
 * catalogue, and the battery proves that it would notice: a table or a deployment that is wrong must be found.
 */
import { endpointsOf } from '#shared/contract/module.ts';
import { registry } from '#shared/registry.ts';
import { tenantStatusSchema } from '#shared/tenancy/tenancy.contract.ts';
import {
  judged,
  telling,
  tryForeignIds,
  tryForgeries,
  tryPrincipals,
  tryUndeclaredMethods,
} from './authz/exam.ts';
import { startForge } from './authz/forgeries.ts';
import type { Observation } from './authz/judgement.ts';
import { judgedKeys, keyCases, tellingKeys, tryKeys, wrongTables } from './authz/keys.ts';
import { mutants, survivors } from './authz/mutants.ts';
import { principals } from './authz/principals.ts';
import { flips } from './authz/flips.ts';
import type { Report } from './figures.ts';
import { effectsOfRequests, noteEffects } from './support/effects.ts';
import { factoriesFile, idleFactories } from './support/inputs.ts';
import { type BatterySite, startSite } from './support/site.ts';

export const summary = 'Every endpoint as everybody who may and may not call it';

export async function run(report: Report): Promise<void> {
  report.progress('starting a stack');
  const site = await startSite();
  try {
    await examine(site, report);
  } finally {
    await site.stop();
  }
}

async function examine(site: BatterySite, report: Report): Promise<void> {
  const endpoints = endpointsOf(Object.values(registry));
  await noteEffects(site.world.admin);
  const forge = await startForge(site.pool);
  try {
    const { forgeries } = forge;
    report.progress(`${endpoints.length} endpoints × ${forgeries.length} tokens that are worth nothing`);
    const forged = await tryForgeries(site, endpoints, forgeries);
    const everybody = principals(tenantStatusSchema.options);
    report.progress(`${endpoints.length} endpoints × ${everybody.length} principals`);
    const genuine = await tryPrincipals(site, endpoints, everybody);
    const keys = keyCases(tenantStatusSchema.options);
    report.progress(`${endpoints.length} endpoints × ${keys.length} API keys`);
    const withKeys = await tryKeys(site, endpoints, keys);
    report.progress('ids of another tenant, undeclared methods');
    const foreign = await tryForeignIds(site, endpoints);
    const undeclared = await tryUndeclaredMethods(site, endpoints);

    none(report, 'leaks: tokens', judged(forged), forged.length);
    report.none('keys fetched from an attacker', forge.keyRequests(), forged.length);
    none(report, 'leaks: principals', judged(genuine), genuine.length);
    none(
      report,
      'leaks: refusals that differ',
      telling([...forged, ...genuine]),
      forged.length + genuine.length,
    );
    none(report, 'leaks: API keys', judgedKeys(withKeys), withKeys.length);
    none(report, 'leaks: refused API keys that differ', tellingKeys(withKeys), withKeys.length);
    none(report, 'leaks: ids of another tenant', foreign.complaints, foreign.tried);
    none(report, 'leaks: undeclared methods', undeclared.complaints, undeclared.tried);
    await judgeEffects(site, report, [
      ...requestIdsOfRefused([...forged, ...genuine, ...withKeys]),
      ...foreign.requestIds,
    ]);

    const flipped = flips();
    const unnoticed = flipped.filter(({ held }) => judged(genuine, held).length === 0);
    none(
      report,
      'wrong tables unnoticed',
      unnoticed.map(({ name }) => name),
      flipped.length,
    );
    const wrong = wrongTables();
    const missed = wrong.filter(({ held }) => judgedKeys(withKeys, held).length === 0);
    none(
      report,
      'wrong tables of API keys unnoticed',
      missed.map(({ name }) => name),
      wrong.length,
    );
    report.progress('deployments that are broken on purpose');
    const broken = mutants(endpoints);
    none(
      report,
      'broken deployments unnoticed',
      await survivors(site, broken, { forgeries, everybody, keys }),
      broken.length,
    );
    const idle = idleFactories(endpoints).map((name) => `${name} in ${factoriesFile} serves no endpoint`);
    report.figure('idle input factories', idle.length, 'lines', { exactly: 0 });
    for (const line of idle) report.note(line);
    report.figure('endpoints', endpoints.length, 'endpoints', { atLeast: 1 });
  } finally {
    await forge.stop();
  }
}

function none(report: Report, id: string, complaints: readonly string[], tried: number): void {
  report.none(id, complaints.length, tried, complaints);
}

/** Whoever is refused has changed nothing; but that they tried is kept (TEN-11, AUD-3). */
async function judgeEffects({ world }: BatterySite, report: Report, requestIds: string[]): Promise<void> {
  const { 'security_events insert': kept = 0, ...changed } = await effectsOfRequests(world.admin, requestIds);
  const details = Object.entries(changed).map(([change, count]) => `${count} × ${change}`);
  report.figure('refusals kept as security events', kept, 'events', { atLeast: 1 });
  report.none('leaks: refused calls that changed something', details.length, requestIds.length, details);
}

function requestIdsOfRefused(observations: readonly Observation[]): string[] {
  return observations
    .filter(({ answer }) => answer.status >= 400)
    .map(({ answer }) => answer.headers['x-request-id'] ?? '');
}
