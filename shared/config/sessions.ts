/** How long sessions last (IDN-4), in seconds. */
export const sessionLifetimes = {
  /** Without any request. */
  idle: 30 * 60,
  /** Since the sign-in, whatever happens. */
  absolute: 12 * 60 * 60,
  /** The same for the platform's staff, and for a tenant's owners and administrators. */
  administrator: 4 * 60 * 60,
  /** The most that a refresh token lives; the two above end it sooner. */
  refresh: 7 * 24 * 60 * 60,
  /** Support acting for a member, whatever happens: it is never renewed (IDN-11). */
  impersonation: 30 * 60,
} as const;

/** How long a tenant may take to answer support, and support to begin, in seconds. */
export const impersonationConsent = {
  /** From asking until it is approved. */
  request: 24 * 60 * 60,
  /** From the approval until it is started. */
  approval: 4 * 60 * 60,
} as const;

/** Live sessions of one person; the oldest goes when there is one more. */
export const mostSessions = 10;
