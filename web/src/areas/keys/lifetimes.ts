/** How long keys are made for, and how lists are typed. */

const dayMs = 24 * 60 * 60 * 1000;

export const lifetimes = {
  choices: [
    { value: '30', label: 'In 30 days' },
    { value: '90', label: 'In 90 days' },
    { value: '365', label: 'In a year' },
    { value: 'never', label: 'Never' },
  ],
  /** The part of a request that says so. */
  expiresIn(days: string): { expiresAt?: string } {
    return days === 'never' ? {} : { expiresAt: new Date(Date.now() + Number(days) * dayMs).toISOString() };
  },
};

/** What was typed, one a line or with commas. */
export function linesOf(text: string): string[] {
  return text
    .split(/[\s,]+/)
    .map((line) => line.trim())
    .filter((line) => line !== '');
}
