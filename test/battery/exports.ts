/**
 * Exports at their limits and under the worst of luck (EXP-1, EXP-2, EXP-3): a million rows in each format, what is one
 * row or byte too many, a writer that is killed again and again, one that is cancelled, and two tenants at once.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { exportLimits } from '#shared/config/exports.ts';
import { reportFormats } from '#shared/contract/report.ts';
import { uuidOf } from '#shared/contract/ids.ts';
import type { Report } from './figures.ts';
import { type Kill, killedExport } from './exports/kills.ts';
import {
  addRows,
  digestOf,
  exportingTenant,
  type ExportingTenant,
  leftOf,
  uninterrupted,
} from './exports/stage.ts';
import { type BatterySite, startSite } from './support/site.ts';

export const summary =
  'A million rows in each format, and 20 kills of the writer in each: the same bytes, or none';

const largeFormats = ['csv', 'json', 'parquet'] as const;
/** The machine waits longer after each. */
const killsOfOne = 2;
/** Several parts of a file, to die between; a PDF always begins anew. */
const killedRows = { csv: 100_000, json: 100_000, parquet: 500_000, pdf: 20_000 } as const;

/** @param killsInEach kills of the writer in each format; whoever changes the battery takes fewer */
export async function run(report: Report, killsInEach = 20): Promise<void> {
  report.progress('starting a stack');
  const site = await startSite();
  try {
    for (const format of reportFormats) await kill(report, site, { format, killsInEach });
    await twoTenants(report, site);
    await pdfCap(report, site);
    await million(report, site);
    await tooManyBytes(report, site);
  } finally {
    await site.stop();
  }
}

async function kill(
  report: Report,
  site: BatterySite,
  { format, killsInEach }: { format: (typeof reportFormats)[number]; killsInEach: number },
): Promise<void> {
  report.progress(`${format}: the writer is killed at ${killsInEach} points`);
  const tenant = await exportingTenant(site, killedRows[format]);
  const whole = await timed(tenant, format);
  const kills: Kill[] = [];
  const wrong: string[] = [];
  let files = 0;
  while (kills.length < killsInEach && files < 3 * killsInEach) {
    const wanted = Math.min(killsOfOne, killsInEach - kills.length);
    // Spread over the work of one attempt; the last ones find it done now and then, and are tried again earlier.
    const moments = Array.from({ length: wanted }, (_none, index) => {
      const point = (kills.length + index + 0.5) / killsInEach;
      return (whole.ms * point) / (1 + Math.floor(files / 4));
    });
    const killed = await killedExport(site, tenant, format, moments);
    files += 1;
    kills.push(...killed.kills);
    wrong.push(...(await differences(site, tenant, killed.view)));
  }
  report.figure(`${format}: kills of the writer`, kills.length, 'kills', { exactly: killsInEach });
  report.figure(
    `${format}: kills that found parts to go on from`,
    kills.filter(({ parts }) => parts > 0).length,
    'kills',
    format === 'pdf' ? undefined : { atLeast: 1 },
  );
  report.none(`${format}: resumed files that are other bytes`, wrong.length, files, wrong);
}

/** How long one attempt takes that nobody disturbs. */
async function timed({ exporter, action }: ExportingTenant, format: string): Promise<{ ms: number }> {
  const { id } = await exporter.ask('audit.events', format as 'csv', { parameters: { action } });
  await exporter.until(id, ({ status }) => status !== 'queued');
  const began = Date.now();
  await exporter.until(id);
  return { ms: Date.now() - began };
}

/** What is wrong with a finished file; nothing when it is what it would be without any interruption. */
async function differences(
  site: BatterySite,
  { exporter }: ExportingTenant,
  view: Awaited<ReturnType<ExportingTenant['exporter']['until']>>,
): Promise<string[]> {
  if (view.status !== 'finished') return [`${view.id} is ${view.status}: ${view.error}`];
  const [found, expected] = [await digestOf(await exporter.link(view.id)), await uninterrupted(site, view)];
  if (found.bytes !== view.bytes) return [`${view.id} has ${found.bytes} bytes and says ${view.bytes}`];
  return found.sha256 === expected.sha256
    ? []
    : [`${view.id}: ${found.bytes} bytes, expected ${expected.bytes}`];
}

async function twoTenants(report: Report, site: BatterySite): Promise<void> {
  report.progress('two tenants at once');
  const tenants = [await exportingTenant(site, 5_000), await exportingTenant(site, 5_000)];
  const files = await Promise.all(
    tenants.map(async ({ exporter }) => {
      // Everything that the trail holds, not only the battery's rows.
      const view = await exporter.until((await exporter.ask('audit.events', 'csv')).id);
      return (await fetch(await exporter.link(view.id))).text();
    }),
  );
  const strays = files.flatMap((text, index) => {
    const other = tenants[1 - index];
    return other !== undefined && text.includes(uuidOf(other.id))
      ? [`file ${index} holds the other’s rows`]
      : [];
  });
  const short = files.filter((text, index) => text.split(tenants[index]?.action ?? '').length - 1 < 5_000);
  report.none('files with another tenant’s rows', strays.length, files.length, strays);
  report.none('files without all of their own', short.length, files.length);
  const link = await tenants[0]?.exporter.call('list');
  const foreign = (link?.body as { items: { id: string }[] }).items[0]?.id;
  const refused = await tenants[1]?.exporter.call('download', { exportId: foreign });
  report.figure('another tenant’s file is', refused?.status ?? 0, 'status', { exactly: 404 });
}

async function pdfCap(report: Report, site: BatterySite): Promise<void> {
  const cap = exportLimits.pdfRows;
  report.progress(`a PDF of ${cap} rows, and of one more`);
  const tenant = await exportingTenant(site, cap);
  const { exporter, action } = tenant;
  const began = Date.now();
  const view = await exporter.until(
    (await exporter.ask('audit.events', 'pdf', { parameters: { action } })).id,
  );
  report.figure('pdf: rows at the cap', view.status === 'finished' ? view.rows : 0, 'rows', { exactly: cap });
  report.figure('pdf: seconds at the cap', (Date.now() - began) / 1000, 's');
  await addRows(site, tenant.id, action, 1);
  const before = await exportsOf(site, tenant);
  const body = {
    report: 'audit.events',
    format: 'pdf',
    parameters: { action },
    purpose: 'One row more than fits',
  };
  const { status } = await exporter.call('create', body);
  report.figure('pdf: one row more is answered with', status, 'status', { exactly: 422 });
  report.figure('pdf: exports made of it', (await exportsOf(site, tenant)) - before, 'exports', {
    exactly: 0,
  });
}

async function million(report: Report, site: BatterySite): Promise<void> {
  report.progress(`${exportLimits.rows} rows`);
  const tenant = await exportingTenant(site, exportLimits.rows);
  const { exporter, action } = tenant;
  for (const format of largeFormats) {
    report.progress(`${exportLimits.rows} rows as ${format}`);
    const began = Date.now();
    const view = await exporter.until(
      (await exporter.ask('audit.events', format, { parameters: { action } })).id,
    );
    const seconds = (Date.now() - began) / 1000;
    const wrong = await differences(site, tenant, view);
    report.figure(`${format}: rows`, view.rows, 'rows', { exactly: exportLimits.rows });
    report.none(`${format}: a million rows that are other bytes`, wrong.length, 1, wrong);
    report.figure(`${format}: size`, view.bytes / 1024 ** 2, 'MiB');
    report.figure(`${format}: from the request to the file`, seconds, 's', { atMost: 120 });
  }
  await cancelled(report, site, tenant);
  await oneRowMore(report, site, tenant);
}

async function oneRowMore(
  report: Report,
  site: BatterySite,
  { id, exporter, action }: ExportingTenant,
): Promise<void> {
  report.progress('one row more');
  await addRows(site, id, action, 1);
  const over = await exporter.until(
    (await exporter.ask('audit.events', 'csv', { parameters: { action } })).id,
  );
  report.figure(
    'one row more fails with exports.too_large',
    over.error === 'exports.too_large' ? 1 : 0,
    'exports',
    {
      exactly: 1,
    },
  );
  report.figure('one row more leaves a file', await emptied(site, over.id), 'parts and objects', {
    exactly: 0,
  });
}

/** Few rows, each of them wide: how large the file becomes is known only while it is written. */
async function tooManyBytes(report: Report, site: BatterySite): Promise<void> {
  const wide = 8_192;
  const rows = Math.ceil((1.05 * exportLimits.bytes) / wide);
  report.progress(`a file that would be larger than ${exportLimits.bytes / 1024 ** 2} MiB`);
  const { id: tenantId, exporter, action } = await exportingTenant(site, 0);
  await addRows(site, tenantId, action, rows, wide);
  const began = Date.now();
  const { id } = await exporter.ask('audit.events', 'csv', { parameters: { action } });
  const view = await exporter.until(id);
  report.figure('beyond its bytes: seconds to the refusal', (Date.now() - began) / 1000, 's');
  report.figure(
    'beyond its bytes: fails with exports.too_large',
    view.error === 'exports.too_large' ? 1 : 0,
    'exports',
    { exactly: 1 },
  );
  report.figure('beyond its bytes: what was written counts as no more than fits', view.bytes, 'bytes', {
    atMost: exportLimits.bytes,
  });
  report.figure('beyond its bytes: left of it', await emptied(site, id), 'parts and objects', { exactly: 0 });
}

async function cancelled(
  report: Report,
  site: BatterySite,
  { exporter, action }: ExportingTenant,
): Promise<void> {
  report.progress('cancelled while it is written');
  const { id } = await exporter.ask('audit.events', 'csv', { parameters: { action } });
  await exporter.until(id, ({ rows }) => rows > 0);
  const { status } = await exporter.call('cancel', { exportId: id });
  report.figure('cancelling is answered with', status, 'status', { exactly: 200 });
  report.figure('cancelled: left of it', await emptied(site, id), 'parts and objects', { exactly: 0 });
}

/** What is left of an export when whoever made it has had time to tidy up. */
async function emptied(site: BatterySite, id: string): Promise<number> {
  let left = await leftOf(site, id);
  for (let tries = 0; left > 0 && tries < 100; tries += 1) {
    await sleep(200);
    left = await leftOf(site, id);
  }
  return left;
}

async function exportsOf({ world }: BatterySite, { id }: ExportingTenant): Promise<number> {
  const { rows } = await world.admin.query<{ n: number }>(
    'select count(*)::int as n from app.exports where tenant_id = $1',
    [uuidOf(id)],
  );
  return rows[0]?.n ?? 0;
}
