/** Types of security events in words, and those that somebody should look at. */
import { capital } from '../../parts/status.tsx';

/** `cross_tenant_attempt` → `Cross tenant attempt`. */
export function sayType(type: string): string {
  return capital(type).replace(/^Api /, 'API ').replace(/^Otp /, 'OTP ');
}

const grave = new Set([
  'cross_tenant_attempt',
  'refresh_token_reused',
  'lockout',
  'otp_abuse',
  'api_key_refused',
]);

/** Whether the type says that somebody may have meant harm. */
export function isGrave(type: string): boolean {
  return grave.has(type);
}
