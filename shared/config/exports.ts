/** What an export may be, and how long it is kept (EXP-1, EXP-2, EXP-3). */

export const exportLimits = {
  rows: 1_000_000,
  bytes: 500 * 1024 ** 2,
  /** Pages that nobody would read: refused before work starts. */
  pdfRows: 50_000,
  /** How long a link to a file may be used. */
  linkSeconds: 15 * 60,
  /** How long a finished file is kept. */
  keptHours: { plain: 7 * 24, sensitive: 24 },
  /** A report whose rows may change begins anew when it was broken off; so often, and no more. */
  beginnings: 8,
} as const;
