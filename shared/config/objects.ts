/**
 * How long the bucket keeps objects of tenants, whatever becomes of whoever should remove them (EXP-2, BKP-1). All of
 * them have an end, so one rule holds for the whole bucket: a rule of the bucket knows the beginning of a key, and each
 * begins with its tenant.
 */
import { backupRules } from './backups.ts';
import { exportLimits } from './exports.ts';

const longestDays = Math.max(
  backupRules.keptDays,
  backupRules.keptBeforeRestoreDays,
  exportLimits.keptHours.plain / 24,
  exportLimits.keptHours.sensitive / 24,
);

export const objectRules = {
  /** Some days more than anything is kept, so that the workflow that removes it and says so comes first. */
  keptDays: longestDays + 7,
  /** What was overwritten or removed without its version, which no function of ours does. */
  earlierVersionDays: 7,
  /** Parts of an upload that nobody completed or forgot. */
  uploadDays: 7,
} as const;
