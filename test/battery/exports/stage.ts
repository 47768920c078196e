/** A tenant with many rows to export, and what its files must be, byte for byte. */
import { createHash } from 'node:crypto';
import { runtimeHeaders } from '#local/front/call.ts';
import { ofType } from '#local/template/readers.ts';
import type { DatabaseSettings } from '#shared/config/environment.ts';
import { auditQueries } from '#shared/audit/audit.queries.ts';
import { auditReports } from '#shared/audit/audit.reports.ts';
import { type TenantId, uuidOf } from '#shared/contract/ids.ts';
import { bulkTransaction } from '#shared/db/bulk.ts';
import type { ExportView } from '#shared/exports/exports.contract.ts';
import type { ExportRow } from '#shared/exports/exports.rows.ts';
import { objectKey } from '#shared/exports/file-name.ts';
import { headOf } from '#shared/exports/write.ts';
import { fileParts } from '#shared/files/parts.ts';
import { type Exporter, exporterOf } from '#test/support/exporting.ts';
import type { BatterySite } from '../support/site.ts';

export type ExportingTenant = {
  id: TenantId;
  /** The action of its rows, which no other tenant's have. */
  action: string;
  exporter: Exporter;
};

/** A tenant that may export as often as it likes, with so many rows of its own. */
export async function exportingTenant(site: BatterySite, rows: number): Promise<ExportingTenant> {
  const { world } = site;
  const id = await world.tenant();
  await world.admin.query(`insert into app.tenant_overrides (tenant_id, usage, rates) values ($1, $2, $3)`, [
    uuidOf(id),
    JSON.stringify({ exports: { month: 10_000 }, api_calls: {} }),
    JSON.stringify({ userPerMinute: 100_000, tenantPerMinute: 100_000 }),
  ]);
  const token = await world.token(await world.member(id, 'owner'));
  const action = `battery.${uuidOf(id)}`;
  await addRows(site, id, action, rows);
  return { id, action, exporter: exporterOf(site, { token, tenantId: id }) };
}

/**
 * Rows of the audit trail: every tenth reason is one that no format may write as it stands, the others are such that no
 * format makes little of them. Each may be so much wider.
 */
export async function addRows(
  { world }: BatterySite,
  tenant: TenantId,
  action: string,
  rows: number,
  widerBytes = 0,
): Promise<void> {
  await world.admin.query(
    `insert into app.audit_events (tenant_id, id, occurred_at, plane, action, target_type, target_id, ip,
                                   user_agent, request_id, reason, after)
     select $1, gen_random_uuid(), '2026-01-01'::timestamptz + n * interval '1 second', 'system', $2, 'row',
            'row-' || n, '192.0.2.' || n % 256, 'Battery', 'battery',
            case when n % 10 = 0 then '=SUM("' || n || E'",\\n2)' else 'Zeile ' || n || ' über alles ' || md5(n::text) end,
            jsonb_build_object('n', n, 'even', n % 2 = 0)
              || case when $4::integer > 0 then jsonb_build_object('wide', repeat('w', $4::integer)) else '{}' end
     from generate_series(1, $3::bigint) n`,
    [uuidOf(tenant), action, rows, widerBytes],
  );
  // The planner guesses by what it knows of the table.
  await world.admin.query('analyze app.audit_events');
}

/** The digest of what came over the link, and how much that was. */
export async function digestOf(url: string): Promise<{ sha256: string; bytes: number }> {
  const answer = await fetch(url);
  if (!answer.ok || answer.body === null) throw new Error(`the link answered ${answer.status}`);
  const hash = createHash('sha256');
  let bytes = 0;
  for await (const chunk of answer.body as AsyncIterable<Uint8Array>) {
    hash.update(chunk);
    bytes += chunk.byteLength;
  }
  return { sha256: hash.digest('hex'), bytes };
}

/** The same export written here, in one go, past the bucket and the workflow. */
export async function uninterrupted(
  { world, stack }: BatterySite,
  { id, report }: ExportView,
): Promise<{ sha256: string; bytes: number }> {
  const { rows } = await world.admin.query<ExportRow & { name: string }>(
    'select e.*, t.name from app.exports e join app.tenants t on t.id = e.tenant_id where e.id = $1',
    [uuidOf(id)],
  );
  const [row] = rows;
  if (row === undefined || row.snapshot_at === null) throw new Error(`${id} was never begun`);
  const declared = auditReports.events;
  if (report !== declared.id) throw new Error(`${report} is not what this battery exports`);
  const query = auditQueries.events(declared.parameters.parse(row.parameters), { timeZone: 'UTC' });
  const head = headOf(row, { id: row.tenant_id, name: row.name }, declared.summary, row.snapshot_at);
  const hash = createHash('sha256');
  let bytes = 0;
  const entry = { tenantId: row.tenant_id, userId: null, requestId: 'battery' };
  // As the administrator, whom no policy binds: the action tells the tenant's rows from all others.
  await bulkTransaction(administrator(stack.databaseUrl), entry, { mode: 'snapshot' }, async (bulk) => {
    const order = { format: row.format, source: { report: declared, query }, head };
    for await (const part of fileParts(bulk, order)) {
      hash.update(part.bytes);
      bytes += part.bytes.length;
    }
  });
  return { sha256: hash.digest('hex'), bytes };
}

/** Parts that are noted, an upload that is open, an object that is there, and usage that was not given back. */
export async function leftOf({ world, stack }: BatterySite, id: string): Promise<number> {
  const { rows } = await world.admin.query<ExportRow & { parts: number }>(
    `select e.*, (select count(*)::int from app.export_parts p where p.export_id = e.id) as parts
     from app.exports e where id = $1`,
    [id.slice(id.indexOf('_') + 1)],
  );
  const [row] = rows;
  if (row === undefined) throw new Error(`there is no ${id}`);
  const bucket =
    ofType(stack.cell, 'AWS::S3::Bucket').find(({ logicalId }) => logicalId.startsWith('TenantFiles'))?.ref ??
    '';
  const object = await fetch(`${stack.frontUrl}/${bucket}/${objectKey(row)}`, {
    method: 'HEAD',
    headers: runtimeHeaders('s3', 'us-east-1'),
  });
  return (
    row.parts + Number(row.upload_id !== null) + Number(object.status !== 404) + Number(row.usage !== null)
  );
}

function administrator(databaseUrl: string): DatabaseSettings {
  const { hostname, port, username, password, pathname } = new URL(databaseUrl);
  return {
    ...{ host: hostname, port: Number(port), user: username, password: decodeURIComponent(password) },
    ...{ database: pathname.slice(1), region: 'us-east-1', answerTimeoutMs: 15_000, poolSize: 1 },
  };
}
