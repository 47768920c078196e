/** Text for a terminal: nothing that others wrote may move the cursor, and columns stand in line. */

/** What is shown of a text that somebody else wrote: characters that steer terminals or turn lines are replaced. */
export function printable(text: string): string {
  return text.replace(/[\p{Cc}\u2028\u2029\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu, '\ufffd');
}

/** The same for JSON, which stays what it was: such characters are written as escapes. */
export function printableJson(value: unknown, indent?: number): string {
  // JSON escapes the first 32 itself; those of a line break between tokens are its own.
  return JSON.stringify(value, null, indent).replace(
    /[\u007f-\u009f\u2028\u2029\u200e\u200f\u202a-\u202e\u2066-\u2069]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

const segments = new Intl.Segmenter('en', { granularity: 'grapheme' });
const wide =
  /\p{Emoji_Presentation}|[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]/u;

/** How many columns a text takes. */
export function widthOf(text: string): number {
  let width = 0;
  for (const { segment } of segments.segment(text)) width += wide.test(segment) ? 2 : 1;
  return width;
}

/** A moment in the zone of whoever reads it: `2026-11-21 17:05`. */
export function moment(iso: string | null): string {
  if (iso === null) return '–';
  const at = new Date(iso);
  const two = (part: number) => String(part).padStart(2, '0');
  const date = `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}`;
  return `${date} ${two(at.getHours())}:${two(at.getMinutes())}`;
}

/** A number with its thousands apart: `12,345`. */
export function count(value: number): string {
  return new Intl.NumberFormat('en').format(value);
}
