/** Asks a running stack for exports and fetches what comes of them, as a member with a typed client would. */
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ReportFormat } from '#shared/contract/report.ts';
import { exportsContract, type ExportView } from '#shared/exports/exports.contract.ts';
import { requestOf } from '#test/battery/support/request.ts';
import type { HttpAnswer } from '#test/battery/support/http.ts';
import type { BatterySite } from '#test/battery/support/site.ts';

type Operation = keyof typeof exportsContract;

export type Exporter = {
  call(operation: Operation, input?: Record<string, unknown>): Promise<HttpAnswer>;
  /** Asks for one; throws what was answered instead of an export. */
  ask(report: string, format: ReportFormat, more?: Record<string, unknown>): Promise<ExportView>;
  /** Waits until it is over, or shows what is asked of it. */
  until(id: string, isSo?: (view: ExportView) => boolean): Promise<ExportView>;
  /** A link to its file. */
  link(id: string): Promise<string>;
};

const purpose = 'To see what an export holds';

/** Somebody of a tenant who exports. */
export function exporterOf(
  site: Pick<BatterySite, 'http'>,
  who: { token: string; tenantId: string },
): Exporter {
  const call: Exporter['call'] = (operation, input = {}) =>
    site.http.send(
      requestOf({ endpoint: exportsContract[operation], input, ...who, idempotencyKey: randomUUID() }),
    );
  const answered = async <Output>(operation: Operation, input: Record<string, unknown>): Promise<Output> => {
    let { status, text, body } = await call(operation, input);
    // A busy machine answers late, and says so; whoever asks again asks for the first time.
    for (let tries = 0; status === 503 && tries < 10; tries += 1) {
      await sleep(1_000);
      ({ status, text, body } = await call(operation, input));
    }
    if (status >= 300) throw new Error(`${operation} answered ${status} ${text}`);
    return body as Output;
  };
  return {
    call,
    ask: (report, format, more = {}) => answered('create', { report, format, purpose, ...more }),
    until: async (exportId, isSo = ({ status }) => status !== 'queued' && status !== 'running') => {
      for (const giveUpAt = Date.now() + 300_000; Date.now() < giveUpAt; await sleep(100)) {
        const view = await answered<ExportView>('get', { exportId });
        if (isSo(view)) return view;
      }
      throw new Error(`${exportId} did not come so far`);
    },
    link: async (exportId) => (await answered<{ url: string }>('download', { exportId })).url,
  };
}
