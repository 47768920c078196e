/**
 * Text in the fonts that every PDF reader has, which need no file: Helvetica with the letters of Western Europe. What
 * they lack is never replaced by another letter, but written as its number: `[U+65E5]`. Widths are Adobe's, in
 * thousandths of the size, from the space on.
 */
// prettier-ignore
const widths = {
  plain: [278,278,355,556,556,889,667,191,333,333,389,584,278,333,278,278,556,556,556,556,556,556,556,556,556,556,278,278,584,584,584,556,1015,667,667,722,722,667,611,778,722,278,500,667,556,833,722,778,667,778,722,667,611,722,667,944,667,667,611,278,278,278,469,556,333,556,556,500,556,556,278,556,556,222,222,500,222,833,556,556,556,556,333,500,278,556,500,722,500,500,500,334,260,334,584,0,556,0,222,556,333,1000,556,556,333,1000,667,333,1000,0,611,0,0,222,222,333,333,350,556,1000,333,1000,500,333,944,0,500,500,278,333,556,556,556,556,260,556,333,737,370,556,584,333,737,333,400,584,333,333,333,556,537,278,333,333,365,556,834,834,834,611,667,667,667,667,667,667,1000,722,667,667,667,667,278,278,278,278,722,722,778,778,778,778,778,584,778,722,722,722,722,667,667,611,556,556,556,556,556,556,889,500,556,556,556,556,278,278,278,278,556,556,556,556,556,556,556,584,611,556,556,556,556,500,556,500],
  bold: [278,333,474,556,556,889,722,238,333,333,389,584,278,333,278,278,556,556,556,556,556,556,556,556,556,556,333,333,584,584,584,611,975,722,722,722,722,667,611,778,722,278,556,722,611,833,722,778,667,778,722,667,611,722,667,944,667,667,611,333,278,333,584,556,333,556,611,556,611,556,333,611,611,278,278,556,278,889,611,611,611,611,389,556,333,611,556,778,556,556,500,389,280,389,584,0,556,0,278,556,500,1000,556,556,333,1000,667,333,1000,0,611,0,0,278,278,500,500,350,556,1000,333,1000,556,333,944,0,500,556,278,333,556,556,556,556,280,556,333,737,370,556,584,333,737,333,400,584,333,333,333,611,556,278,333,333,365,556,834,834,834,611,722,722,722,722,722,722,1000,722,667,667,667,667,278,278,278,278,722,722,778,778,778,778,778,584,778,722,722,722,722,667,667,611,556,556,556,556,556,556,889,556,556,556,556,556,278,278,278,278,611,611,611,611,611,611,611,584,611,611,611,611,611,556,611,556],
};

export type Face = keyof typeof widths;

/** A text as the fonts encode it, a character for each byte; line breaks and other controls become spaces. */
export function encodeText(text: string): string {
  if (/^[ -~]*$/.test(text)) return text;
  return Array.from(text.replace(/\s/g, ' '), encodeLetter).join('');
}

export function widthOf(encoded: string, size: number, face: Face = 'plain'): number {
  const table = widths[face];
  let sum = 0;
  for (let index = 0; index < encoded.length; index += 1) sum += table[encoded.charCodeAt(index) - 32] ?? 0;
  return (sum * size) / 1_000;
}

/** Lines no wider than told, broken at spaces where there are some; what does not fit in so many ends in an ellipsis. */
export function wrap(encoded: string, width: number, size: number, most: number): string[] {
  const lines: string[] = [];
  let rest = encoded.trim();
  while (rest !== '') {
    if (lines.length === most) {
      const last = lines[most - 1] ?? '';
      return [...lines.slice(0, -1), shortened(last, width, size)];
    }
    const fits = fitting(rest, width, size);
    const space = fits < rest.length ? rest.lastIndexOf(' ', fits) : -1;
    const end = space > 0 ? space : fits;
    lines.push(rest.slice(0, end));
    rest = rest.slice(end).trimStart();
  }
  return lines;
}

/** The text in the brackets of a PDF string. */
export function escapeText(encoded: string): string {
  return /[\\()]/.test(encoded) ? encoded.replace(/[\\()]/g, '\\$&') : encoded;
}

const ellipsis = '\x85';

function shortened(line: string, width: number, size: number): string {
  return `${line.slice(0, fitting(line, width - widthOf(ellipsis, size), size))}${ellipsis}`;
}

/** How many characters from the start fit; one at least. */
function fitting(text: string, width: number, size: number): number {
  const limit = (width * 1_000) / size;
  let sum = 0;
  for (let index = 0; index < text.length; index += 1) {
    sum += widths.plain[text.charCodeAt(index) - 32] ?? 0;
    if (sum > limit) return Math.max(1, index);
  }
  return text.length;
}

/** Where Windows-1252 differs from Unicode: from 0x80 on; nothing stands at five of the places. */
const beyondLatin1 = '€\0‚ƒ„…†‡ˆ‰Š‹Œ\0Ž\0\0‘’“”•–—˜™š›œ\0žŸ';

function encodeLetter(letter: string): string {
  const code = letter.codePointAt(0) ?? 0;
  if (code >= 32 && code < 127) return letter;
  if (code >= 160 && code < 256 && code !== 0xad) return letter;
  const place = beyondLatin1.indexOf(letter);
  if (code !== 0 && place >= 0) return String.fromCharCode(0x80 + place);
  return `[U+${code.toString(16).toUpperCase().padStart(4, '0')}]`;
}
