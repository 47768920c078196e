/** Bytes of a file as they are made: one growing buffer, written in place and used again. */

export type Output = { buffer: Buffer; length: number };

export function newOutput(capacity: number): Output {
  return { buffer: Buffer.allocUnsafeSlow(capacity), length: 0 };
}

/** Makes room for so many more bytes. */
export function ensure(out: Output, count: number): void {
  const needed = out.length + count;
  if (needed <= out.buffer.length) return;
  const larger = Buffer.allocUnsafeSlow(Math.max(needed, out.buffer.length * 2));
  out.buffer.copy(larger, 0, 0, out.length);
  out.buffer = larger;
}

/** What has been written; valid until more is. */
export function written(out: Output): Buffer {
  return out.buffer.subarray(0, out.length);
}

export function putString(out: Output, text: string): void {
  ensure(out, text.length * 3);
  out.length += out.buffer.write(text, out.length);
}

/** Appends a byte; room is made by the caller. */
export function putByte(out: Output, byte: number): void {
  out.buffer[out.length] = byte;
  out.length += 1;
}

/** Appends bytes; room is made by the caller. */
export function putBytes(out: Output, bytes: Buffer, from: number, to: number): void {
  const { buffer } = out;
  // A call costs more than a few bytes by hand.
  if (to - from > 48) {
    bytes.copy(buffer, out.length, from, to);
    out.length += to - from;
    return;
  }
  let at = out.length;
  for (let index = from; index < to; index += 1) buffer[at++] = bytes[index] ?? 0;
  out.length = at;
}

const hexDigits = Buffer.from('0123456789abcdef', 'latin1');
const uuidBytes = 36;

/** Appends the 16 bytes of a uuid as people write it; room is made by the caller. */
export function putUuid(out: Output, bytes: Buffer, from: number): void {
  const { buffer } = out;
  let at = out.length;
  for (let index = 0; index < 16; index += 1) {
    if (index === 4 || index === 6 || index === 8 || index === 10) buffer[at++] = 0x2d;
    const byte = bytes[from + index] ?? 0;
    buffer[at++] = hexDigits[byte >> 4] ?? 0;
    buffer[at++] = hexDigits[byte & 15] ?? 0;
  }
  out.length += uuidBytes;
}

/** Appends a number with leading zeros; room is made by the caller. */
export function putDigits(out: Output, value: number, digits: number): void {
  const { buffer } = out;
  let rest = value;
  for (let at = out.length + digits - 1; at >= out.length; at -= 1) {
    const next = Math.floor(rest / 10);
    buffer[at] = 48 + (rest - next * 10);
    rest = next;
  }
  out.length += digits;
}
