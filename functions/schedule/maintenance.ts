/** Every hour: what has run out is marked or forgotten, across all tenants. */
import { forgetTranscripts } from '#shared/ai/transcripts/forget.ts';
import { forgetIdempotencyKeys } from '#shared/db/idempotency-keys.ts';
import { pool } from '#shared/db/pool.ts';
import { forgetSessions } from '#shared/identity/forget-sessions.ts';
import { forgetUsageAlerts } from '#shared/limits/forget-alerts.ts';
import { expireInvitations } from '#shared/members/expire-invitations.ts';
import { forgetDeadLetters } from '#shared/middleware/dead-letters.ts';
import { forgetMetrics } from '#shared/metrics/forget-metrics.ts';
import { logFor } from '#shared/middleware/telemetry.ts';
import { timed } from '#shared/middleware/timed.ts';

export const handler = timed(async () => {
  const expiredInvitations = await expireInvitations(pool());
  const forgottenKeys = await forgetIdempotencyKeys(pool());
  const forgottenSessions = await forgetSessions(pool());
  const forgottenAlerts = await forgetUsageAlerts(pool());
  const forgottenTranscripts = await forgetTranscripts(pool());
  const forgottenMetrics = await forgetMetrics(pool());
  const forgottenDeadLetters = await forgetDeadLetters(pool());
  logFor({ job: 'maintenance' }).info('maintenance done', {
    expiredInvitations,
    forgottenKeys,
    forgottenSessions,
    forgottenAlerts,
    forgottenTranscripts,
    forgottenMetrics,
    forgottenDeadLetters,
  });
});
