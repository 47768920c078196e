/** Kills the process that writes an export, again and again, each time at another point of its work. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { ReportFormat } from '#shared/contract/report.ts';
import { uuidOf } from '#shared/contract/ids.ts';
import type { ExportView } from '#shared/exports/exports.contract.ts';
import type { BatterySite } from '../support/site.ts';
import type { ExportingTenant } from './stage.ts';

/** What was killed: how many parts the bucket had by then. */
export type Kill = { parts: number };

export type Killed = { view: ExportView; kills: Kill[] };

/**
 * Exports, and kills the writer at these moments, in milliseconds after it was seen at work; a moment that comes when
 * the file is finished is left out.
 */
export async function killedExport(
  site: BatterySite,
  { exporter, action }: ExportingTenant,
  format: ReportFormat,
  momentsMs: readonly number[],
): Promise<Killed> {
  const { id } = await exporter.ask('audit.events', format, { parameters: { action } });
  const kills: Kill[] = [];
  for (const momentMs of momentsMs) {
    const began = await writing(site, id, kills.length);
    if (!began) break;
    await sleep(momentMs);
    const at = await progressOf(site, id);
    if (at.status !== 'running') break;
    if (!killWriter(site)) break;
    kills.push({ parts: at.parts });
  }
  return { view: await exporter.until(id), kills };
}

type Progress = { status: ExportView['status']; attempt: number; parts: number };

async function progressOf({ world }: BatterySite, id: ExportView['id']): Promise<Progress> {
  const { rows } = await world.admin.query<Progress>(
    `select status, attempt, (select count(*)::int from app.export_parts p where p.export_id = e.id) as parts
     from app.exports e where id = $1`,
    [uuidOf(id)],
  );
  return rows[0] ?? { status: 'failed', attempt: 0, parts: 0 };
}

/** Waits for the attempt after so many; false when there is none any more. */
async function writing(site: BatterySite, id: ExportView['id'], attempts: number): Promise<boolean> {
  for (const giveUpAt = Date.now() + 120_000; Date.now() < giveUpAt; await sleep(5)) {
    const { status, attempt } = await progressOf(site, id);
    if (status !== 'queued' && status !== 'running') return false;
    if (status === 'running' && attempt > attempts) return true;
  }
  throw new Error(`${id} was not written any further`);
}

/** Whether there was a process to kill. */
export function killWriter({ stack }: BatterySite): boolean {
  const [pid] = Object.entries(stack.functions.stats()).flatMap(([name, { pids, busy }]) =>
    name.endsWith('-workflow-exports') && busy > 0 ? pids : [],
  );
  if (pid === undefined) return false;
  process.kill(pid, 'SIGKILL');
  return true;
}
