/** When backups are taken and how long they are kept (BKP-1). */

export const backupRules = {
  keptDays: 30,
  /** One that was taken before a restore, so that it can be undone. */
  keptBeforeRestoreDays: 30,
  /** A tenant without a backup younger than this is an alarm. */
  oldestHours: 26,
  /** The night over which tenants are spread, each always at its own time, in UTC. */
  night: { startHour: 1, hours: 5 },
  /** So many at once, by schedule: what they read is read from everybody's database. */
  atOnce: 4,
  /** How long a link to a backup may be used. */
  linkSeconds: 15 * 60,
} as const;

/** How long requests for a restore wait (BKP-2). */
export const restoreRules = {
  /** For a second person. */
  approvalHours: 72,
  /** For somebody to look at the difference and apply it. */
  readyHours: 7 * 24,
  /** Rows of a table that the difference shows with their values. */
  shownRows: 20,
} as const;
