/** The tenant's trail leaves as a file: asked for with a purpose, made in the background, fetched by a link. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { ExportView } from '#shared/exports/exports.contract.ts';
import { holds, refused, same } from '../check.ts';
import { as } from '../people.ts';
import type { Step } from '../smoke.ts';
import type { Stack } from '../stack.ts';
import type { People } from './arrival.ts';
import type { Tenants } from './tenants.ts';

const patienceMs = 120_000;
const wanted = { report: 'audit.events', format: 'csv' as const, parameters: {} };

export async function exportTrail(
  step: Step,
  stack: Stack,
  { owner }: People,
  { ours }: Tenants,
): Promise<void> {
  const { exports } = as(owner, stack, ours.id);
  await step('without a purpose nothing is exported', async () => {
    const call = exports.create({ ...wanted, purpose: '' });
    await refused(call, { status: 400, code: 'request.invalid' });
  });
  const finished = await step('the trail becomes a file', async () => {
    const { items } = await exports.reports({});
    holds(
      items.some(({ id }) => id === wanted.report),
      'the trail is no report',
    );
    const { id } = await exports.create({ ...wanted, purpose: 'To see that exports work' });
    const view = await over(() => exports.get({ exportId: id }));
    same([view.status, view.error, view.percent], ['finished', null, 100], 'the export');
    return view;
  });
  await step('the file comes over its link, whole, and who fetched it is noted', async () => {
    const { url } = await exports.download({ exportId: finished.id });
    const answer = await fetch(url ?? '');
    const text = await answer.text();
    same([answer.status, Buffer.byteLength(text)], [200, finished.bytes], 'the file');
    holds(text.includes('tenant.created') || text.includes('export.requested'), 'the file holds no trail');
    holds((await exports.downloads({ exportId: finished.id })).items.length > 0, 'no download is noted');
  });
}

async function over(look: () => Promise<ExportView>): Promise<ExportView> {
  for (const giveUpAt = Date.now() + patienceMs; ; await sleep(500)) {
    const view = await look();
    if ((view.status !== 'queued' && view.status !== 'running') || Date.now() > giveUpAt) return view;
  }
}
