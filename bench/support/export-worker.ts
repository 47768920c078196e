/**
 * Makes one file, or copies the same rows and does nothing else, in a process of its own, so that its memory is its
 * own as well. Nothing is uploaded: each part is counted when it is whole.
 */
import type { DatabaseSettings } from '#shared/config/environment.ts';
import type { ReportFormat } from '#shared/contract/report.ts';
import type { BulkTransaction } from '#shared/contract/workflow.ts';
import { auditQueries } from '#shared/audit/audit.queries.ts';
import { auditReports } from '#shared/audit/audit.reports.ts';
import { bulkTransaction } from '#shared/db/bulk.ts';
import { literalText } from '#shared/db/literal.ts';
import { encoderOf } from '#shared/files/formats.ts';
import { fileParts } from '#shared/files/parts.ts';

/** `copy`: what psql would do, in its own words for the same columns. */
export type Kind = ReportFormat | 'copy';

export type Task = { kind: Kind; database: DatabaseSettings; tenantId: string };

/** Memory in bytes, above what the process has when all is loaded. */
export type Done = { ms: number; bytes: number; memory: number };

const { events } = auditReports;
const query = auditQueries.events({}, { timeZone: 'UTC' });
const head = {
  ...{ report: events.id, title: events.summary, tenant: { id: 'ten_bench', name: 'Bench' } },
  ...{ purpose: 'bench', requester: 'usr_bench', generatedAt: '2026-11-21T12:00:00.000Z', parameters: {} },
};
const plain = `copy (select ${Object.keys(events.columns).join()} from (${literalText(query)}) r
                     order by ${events.order.join()}) to stdout (format csv)`;

process.on('message', (task: Task) => {
  void perform(task).then((done) => process.send?.(done, undefined, {}, () => process.disconnect()));
});

async function perform({ kind, database, tenantId }: Task): Promise<Done> {
  // What a format needs is loaded before, as it is in a function that has made a file already.
  if (kind !== 'copy') await encoderOf(kind, events.columns, head);
  const entry = { tenantId, userId: null, requestId: 'bench', deadlineMs: Date.now() + 900_000 };
  return bulkTransaction(database, entry, { mode: 'snapshot' }, async (bulk) => {
    const idle = process.memoryUsage.rss();
    let most = idle;
    const look = setInterval(() => (most = Math.max(most, process.memoryUsage.rss())), 20);
    const startedAt = performance.now();
    const bytes = await (kind === 'copy' ? copied(bulk) : written(bulk, kind));
    const ms = performance.now() - startedAt;
    clearInterval(look);
    return { ms, bytes, memory: Math.max(most, process.memoryUsage.rss()) - idle };
  });
}

async function copied(bulk: BulkTransaction): Promise<number> {
  let bytes = 0;
  await bulk.copyRows(plain, { row: (_bytes, from, to) => void (bytes += to - from) });
  return bytes;
}

async function written(bulk: BulkTransaction, format: ReportFormat): Promise<number> {
  let bytes = 0;
  for await (const part of fileParts(bulk, { format, source: { report: events, query }, head })) {
    bytes += part.bytes.length;
  }
  return bytes;
}
