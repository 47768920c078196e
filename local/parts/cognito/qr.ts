/**
 * A QR code as SVG (ISO 18004: byte mode, error correction level L, versions 1 to 15), enough for the address
 * an authenticator app scans.
 */

/** Per version, from 1: error correction bytes per block, and number of blocks. */
const ECC_BYTES = [7, 10, 15, 20, 26, 18, 20, 24, 30, 18, 20, 24, 26, 30, 22];
const BLOCKS = [1, 1, 1, 1, 1, 2, 2, 2, 2, 4, 4, 4, 4, 4, 6];

export function qrCode(text: string): string {
  const { size, dark } = matrix(Buffer.from(text, 'utf8'));
  const quiet = 4;
  let path = '';
  for (let y = 0; y < size; y += 1) {
    for (let x = 0; x < size; x += 1) if (dark(x, y)) path += `M${x + quiet} ${y + quiet}h1v1h-1z`;
  }
  const side = size + 2 * quiet;
  return `<svg viewBox="0 0 ${side} ${side}" role="img" aria-label="QR code for the authenticator app" shape-rendering="crispEdges"><path fill="#fff" d="M0 0h${side}v${side}H0z"/><path fill="#000" d="${path}"/></svg>`;
}

function matrix(data: Buffer): { size: number; dark: (x: number, y: number) => boolean } {
  const version =
    ECC_BYTES.findIndex((_, index) => data.length + (index < 9 ? 2 : 3) <= dataBytes(index + 1)) + 1;
  if (version === 0) throw new RangeError('Too long for a QR code');
  const size = version * 4 + 17;
  const cells = new Uint8Array(size * size);
  const fixed = new Uint8Array(size * size);
  const set = (x: number, y: number, value: boolean): void => {
    cells[y * size + x] = Number(value);
    fixed[y * size + x] = 1;
  };
  drawPatterns(version, size, set, (x, y) => fixed[y * size + x] === 1);
  // One mask suffices: readers accept any, and scoring all eight only serves worn prints.
  drawFormat(size, set);
  const bits = codewords(version, data).flatMap((byte) =>
    [7, 6, 5, 4, 3, 2, 1, 0].map((shift) => (byte >> shift) & 1),
  );
  let next = 0;
  for (let right = size - 1; right >= 1; right -= 2) {
    if (right === 6) right = 5;
    const upward = ((right + 1) & 2) === 0;
    for (let step = 0; step < size; step += 1) {
      const y = upward ? size - 1 - step : step;
      for (const x of [right, right - 1]) {
        if (fixed[y * size + x] === 1) continue;
        const bit = bits[next] ?? 0;
        next += 1;
        cells[y * size + x] = bit ^ Number((x + y) % 2 === 0);
      }
    }
  }
  return { size, dark: (x, y) => cells[y * size + x] === 1 };
}

type SetCell = (x: number, y: number, value: boolean) => void;

function drawPatterns(
  version: number,
  size: number,
  set: SetCell,
  taken: (x: number, y: number) => boolean,
): void {
  for (let at = 0; at < size; at += 1) {
    set(6, at, at % 2 === 0);
    set(at, 6, at % 2 === 0);
  }
  for (const [centreX, centreY] of [
    [3, 3],
    [size - 4, 3],
    [3, size - 4],
  ] as const) {
    for (let dy = -4; dy <= 4; dy += 1) {
      for (let dx = -4; dx <= 4; dx += 1) {
        const [x, y] = [centreX + dx, centreY + dy];
        const ring = Math.max(Math.abs(dx), Math.abs(dy));
        if (x >= 0 && x < size && y >= 0 && y < size) set(x, y, ring !== 2 && ring !== 4);
      }
    }
  }
  const centres = alignment(version, size);
  for (const x of centres) {
    for (const y of centres) {
      if (taken(x, y) && !(x === 6 || y === 6)) continue;
      if ((x === 6 && (y === 6 || y === size - 7)) || (x === size - 7 && y === 6)) continue;
      for (let dy = -2; dy <= 2; dy += 1) {
        for (let dx = -2; dx <= 2; dx += 1) set(x + dx, y + dy, Math.max(Math.abs(dx), Math.abs(dy)) !== 1);
      }
    }
  }
  if (version < 7) return;
  const bits = (version << 12) | remainder(version, 12, 0x1f25);
  for (let index = 0; index < 18; index += 1) {
    const [a, b] = [size - 11 + (index % 3), Math.floor(index / 3)];
    set(a, b, ((bits >> index) & 1) === 1);
    set(b, a, ((bits >> index) & 1) === 1);
  }
}

/** Level L (01) and mask 0 (x + y even). */
function drawFormat(size: number, set: SetCell): void {
  const data = 0b01000;
  const bits = ((data << 10) | remainder(data, 10, 0x537)) ^ 0x5412;
  const bit = (index: number): boolean => ((bits >> index) & 1) === 1;
  for (let index = 0; index <= 5; index += 1) set(8, index, bit(index));
  set(8, 7, bit(6));
  set(8, 8, bit(7));
  set(7, 8, bit(8));
  for (let index = 9; index < 15; index += 1) set(14 - index, 8, bit(index));
  for (let index = 0; index < 8; index += 1) set(size - 1 - index, 8, bit(index));
  for (let index = 8; index < 15; index += 1) set(8, size - 15 + index, bit(index));
  set(8, size - 8, true);
}

function remainder(value: number, degree: number, generator: number): number {
  let rest = value;
  for (let step = 0; step < degree; step += 1) rest = (rest << 1) ^ ((rest >> (degree - 1)) * generator);
  return rest;
}

function alignment(version: number, size: number): number[] {
  if (version === 1) return [];
  const count = Math.floor(version / 7) + 2;
  const step = Math.ceil((version * 4 + 4) / (count * 2 - 2)) * 2;
  const positions = Array.from({ length: count - 1 }, (_, index) => size - 7 - index * step);
  return [6, ...positions.reverse()];
}

function totalBytes(version: number): number {
  let modules = (16 * version + 128) * version + 64;
  if (version >= 2) {
    const count = Math.floor(version / 7) + 2;
    modules -= (25 * count - 10) * count - 55;
    if (version >= 7) modules -= 36;
  }
  return Math.floor(modules / 8);
}

function dataBytes(version: number): number {
  return totalBytes(version) - (ECC_BYTES[version - 1] as number) * (BLOCKS[version - 1] as number);
}

/** Header, data and padding, split into blocks, each with its error correction, interleaved. */
function codewords(version: number, data: Buffer): number[] {
  const capacity = dataBytes(version);
  const header = version < 10 ? [data.length] : [data.length >> 8, data.length & 255];
  const nibbles = [4, ...[...header, ...data].flatMap((byte) => [byte >> 4, byte & 15]), 0];
  const bytes = Array.from(
    { length: nibbles.length / 2 },
    (_, at) => ((nibbles[at * 2] as number) << 4) | (nibbles[at * 2 + 1] as number),
  );
  for (let pad = 0xec; bytes.length < capacity; pad ^= 0xec ^ 0x11) bytes.push(pad);

  const count = BLOCKS[version - 1] as number;
  const eccLength = ECC_BYTES[version - 1] as number;
  const short = Math.floor(capacity / count);
  const long = count - (capacity % count);
  const blocks = Array.from({ length: count }, (_, index) => {
    const start = index * short + Math.max(0, index - long);
    const block = bytes.slice(start, start + short + (index >= long ? 1 : 0));
    return { block, ecc: correction(block, eccLength) };
  });
  const interleave = (length: number, of: (entry: (typeof blocks)[number]) => number[]): number[] =>
    Array.from({ length }, (_, at) => blocks.map((entry) => of(entry)[at]))
      .flat()
      .filter((byte) => byte !== undefined);
  return [...interleave(short + 1, (entry) => entry.block), ...interleave(eccLength, (entry) => entry.ecc)];
}

/** Reed–Solomon over GF(256) with polynomial 0x11d. */
function correction(data: number[], degree: number): number[] {
  const divisor = Array.from({ length: degree }, (_, index) => Number(index === degree - 1));
  let root = 1;
  for (let step = 0; step < degree; step += 1) {
    for (let at = 0; at < degree; at += 1)
      divisor[at] = multiply(divisor[at] as number, root) ^ (divisor[at + 1] ?? 0);
    root = multiply(root, 2);
  }
  const rest = new Array<number>(degree).fill(0);
  for (const byte of data) {
    const factor = byte ^ (rest.shift() as number);
    rest.push(0);
    for (let at = 0; at < degree; at += 1)
      rest[at] = (rest[at] as number) ^ multiply(divisor[at] as number, factor);
  }
  return rest;
}

function multiply(left: number, right: number): number {
  let product = 0;
  for (let bit = 7; bit >= 0; bit -= 1) {
    product = (product << 1) ^ ((product >> 7) * 0x11d);
    product ^= ((right >> bit) & 1) * left;
  }
  return product;
}
