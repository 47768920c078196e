import type { TenantId } from './ids.ts';

/** The types of security events (AUD-3): those of the requirement and of what the kernel refuses. */
export const securityEventTypes = [
  'login',
  'login_failed',
  'lockout',
  'session_revoked',
  'refresh_token_reused',
  'role_changed',
  'permission_denied',
  'cross_tenant_attempt',
  'limit_exceeded',
  'otp_abuse',
  'api_key_created',
  'api_key_rotated',
  'api_key_revoked',
  'api_key_refused',
  'platform_changed',
  'impersonation_started',
  'impersonation_ended',
  'impersonation_refused',
  'sensitive_export',
  'backup_downloaded',
  'restore_confirmed',
  'restore_applied',
  'audit_tampered',
] as const;

export type SecurityEventType = (typeof securityEventTypes)[number];

/** What happened; `subject` is what it happened to: a limit, a permission, an id. No personal data, no secrets. */
export type SecurityEvent = {
  type: SecurityEventType;
  subject: string;
  detail?: Record<string, unknown>;
  /** Whose event it is, where the transaction is not inside that tenant (platform plane). */
  tenantId?: TenantId;
  /** What makes two occurrences the same: a window's counter, a minute; every occurrence counts without it. */
  occurrence?: string;
};
