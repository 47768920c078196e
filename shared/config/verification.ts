/** Limits of one-time codes (IDN-7), of failed sign-ins (IDN-6) and of password resets (LIM-1). */

/** How a one-time code may reach a person. */
export const codeChannels = ['email', 'sms', 'whatsapp'] as const;

export type CodeChannel = (typeof codeChannels)[number];

/** One-time codes, for each person; an hour is the sixty minutes before now, not the clock's. */
export const codeLimits = {
  digits: 6,
  validMinutes: 30,
  sendsPerHour: 3,
  verifiesPerHour: 5,
  /** Failures in a row before nothing is sent or verified any more, and for how long. */
  failures: 5,
  lockMinutes: 30,
} as const;

/** Signing in with a password, for each name that is tried. */
export const signInLimits = {
  /** Failures in a row before nobody signs in under that name any more. */
  failures: 5,
  /** For how long: after the fifth failure, the sixth, and every further one. */
  lockMinutes: [15, 30, 60],
  /** Without any attempt for so long, failures are forgotten. */
  forgetHours: 24,
  resetsPerHour: 3,
} as const;
