/**
 * Attempts at what a caller may not have (TEN-11, ACC-4): a tenant that is not theirs, a permission that they do not
 * hold. Each is kept once an hour for the same caller and the same thing, so that nobody fills the trail by asking
 * again. The answer stays what it was, whether or not the event could be kept.
 */
import { foreignAttemptRows } from '../audit/security-events.ts';
import { type TenantId, uuidOf } from '../contract/ids.ts';
import type { Permission } from '../contract/permissions.ts';
import type { Exchange } from './exchange.ts';
import { remembering } from './once.ts';
import { keepSecurityEvent, recordSecurityEvent } from './security-event.ts';
import { countMetric } from './telemetry.ts';

const kept = remembering();

/**
 * Somebody named a tenant that they do not belong to: logged and counted for the alarm each time; kept for the platform
 * with who it was, and for the tenant, if there is one, without. It costs one trip, whether or not there is one.
 * @param wanted `unknown` for what cannot be a tenant's id: there is nobody to tell then
 */
export async function recordForeignAttempt(exchange: Exchange, wanted: TenantId | 'unknown'): Promise<void> {
  const { caller, apiKey, log, requestId, source } = exchange;
  log.warn('security: tenant refused', {
    ...{ userId: caller?.id, apiKeyId: apiKey?.id },
    wantedTenantId: wanted,
  });
  countMetric('CrossTenantAttempts');
  if (wanted === 'unknown') return;
  const who = whoIs(exchange);
  const occurrence = hourOf(exchange);
  await kept.once(`tenant ${wanted} ${who} ${occurrence}`, () => {
    const detail = apiKey === undefined ? {} : { apiKeyId: apiKey.id };
    const rows = foreignAttemptRows({ wanted, who, occurrence, detail, by: { requestId, source } });
    const userId = caller === undefined ? null : uuidOf(caller.id);
    return keepSecurityEvent(exchange, { tenantId: null, userId }, rows);
  });
}

/**
 * Somebody lacks a permission: logged and counted for the alarm each time, kept in the tenant that they are in, or for
 * the platform outside of any.
 * @param permission what the endpoint asks for
 */
export async function recordDenial(exchange: Exchange, permission: Permission | undefined): Promise<void> {
  const { caller, apiKey, log, tenant } = exchange;
  log.warn('security: permission denied', { userId: caller?.id, apiKeyId: apiKey?.id, permission });
  countMetric('PermissionDenials');
  const subject = permission ?? 'none';
  const who = whoIs(exchange);
  const occurrence = `${hourOf(exchange)} ${who}`;
  const detail = apiKey === undefined ? {} : { apiKeyId: apiKey.id };
  await kept.once(`permission ${subject} ${tenant?.id ?? ''} ${occurrence}`, () =>
    recordSecurityEvent(exchange, { type: 'permission_denied', subject, detail, occurrence }),
  );
}

/** Keys have ids of their own; the rows know people only. */
function whoIs({ caller, apiKey }: Exchange): string {
  return apiKey?.id ?? caller?.id ?? '';
}

function hourOf({ startedAt }: Exchange): string {
  return `h${Math.floor(startedAt.getTime() / 3_600_000)}`;
}
