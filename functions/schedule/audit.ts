/** Every minute: what was written to audit trails is sealed, archived when it is due, and checked once a day. */
import { archiveTrails } from '#shared/audit/chain/archive.ts';
import { checkTrails } from '#shared/audit/chain/check-trails.ts';
import { sealTrails } from '#shared/audit/chain/seal.ts';
import { pool } from '#shared/db/pool.ts';
import { gaugeMetric, logFor } from '#shared/middleware/telemetry.ts';
import { timed } from '#shared/middleware/timed.ts';

/** The function is stopped after a minute; a batch, a segment or a page that was begun needs seconds. */
const shares = { sealMs: 25_000, archiveMs: 10_000, checkMs: 10_000 };

export const handler = timed(async () => {
  const log = logFor({ job: 'audit' });
  const sealed = await sealTrails(pool(), Date.now() + shares.sealMs);
  gaugeMetric('AuditUnsealedSeconds', sealed.oldestWaitsSeconds);
  const { failures: unchecked, ...checked } = await checkTrails(pool(), Date.now() + shares.checkMs);
  gaugeMetric('AuditUncheckedHours', checked.oldestHours);
  const { refused, failures, ...archived } = await archiveTrails(pool(), Date.now() + shares.archiveMs);
  gaugeMetric('AuditFindings', checked.findings + refused.length);
  log.info('audit trails sealed', { sealed, checked, archived });
  if (refused.length > 0) log.error('chains that are not what was archived', { tenantIds: refused });
  const failed = [...unchecked, ...failures];
  if (failed.length > 0)
    throw new AggregateError(failed, `${failed.length} audit trails were not looked after`);
});
