/** Pictures that a tenant gives as its logo (UI-4): what they are is read from their bytes, never from what is said. */
import { leastLogoPixels, type LogoType, mostLogoBytes, mostLogoPixels } from './settings.contract.ts';

export type Logo = { type: LogoType; width: number; height: number };

/**
 * What a picture is, or why it is no logo. Only formats without scripts, of a size that a browser draws at once, and
 * one picture from the first byte to the last: nothing rides along behind it.
 */
export function readLogo(bytes: Buffer): Logo | { unfit: string } {
  if (bytes.length > mostLogoBytes) return { unfit: `It is larger than ${mostLogoBytes / 1024} kB.` };
  const logo = readPng(bytes) ?? readJpeg(bytes) ?? readWebp(bytes);
  if (logo === undefined) return { unfit: 'It is not a whole PNG, JPEG or WebP picture.' };
  const fits = [logo.width, logo.height].every((side) => side >= leastLogoPixels && side <= mostLogoPixels);
  if (!fits) return { unfit: `Each side has ${leastLogoPixels} to ${mostLogoPixels} pixels.` };
  return logo;
}

const pngSignature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);

/** A PNG: chunks of length, name, content and checksum, from IHDR to IEND. */
function readPng(bytes: Buffer): Logo | undefined {
  if (bytes.length < 33 || !bytes.subarray(0, 8).equals(pngSignature)) return undefined;
  if (nameAt(bytes, 12) !== 'IHDR' || bytes.readUInt32BE(8) !== 13) return undefined;
  let at = 8;
  while (at + 12 <= bytes.length) {
    const next = at + 12 + bytes.readUInt32BE(at);
    if (nameAt(bytes, at + 4) === 'IEND') {
      if (next !== bytes.length) return undefined;
      return { type: 'image/png', width: bytes.readUInt32BE(16), height: bytes.readUInt32BE(20) };
    }
    at = next;
  }
  return undefined;
}

/** A JPEG: segments of a marker and a length; the one that begins a frame has the size. */
function readJpeg(bytes: Buffer): Logo | undefined {
  if (bytes.length < 4 || bytes.readUInt16BE(0) !== 0xffd8) return undefined;
  if (bytes.readUInt16BE(bytes.length - 2) !== 0xffd9) return undefined;
  let at = 2;
  while (at + 9 <= bytes.length) {
    if (bytes[at] !== 0xff) return undefined;
    const marker = bytes[at + 1] ?? 0;
    if (beginsFrame(marker)) {
      return { type: 'image/jpeg', height: bytes.readUInt16BE(at + 5), width: bytes.readUInt16BE(at + 7) };
    }
    const length = bytes.readUInt16BE(at + 2);
    // The picture itself before its size: nothing that a camera or a program writes.
    if (marker === 0xda || length < 2) return undefined;
    at += 2 + length;
  }
  return undefined;
}

/** SOF0 to SOF15 without the tables that share their range. */
function beginsFrame(marker: number): boolean {
  return marker >= 0xc0 && marker <= 0xcf && marker !== 0xc4 && marker !== 0xc8 && marker !== 0xcc;
}

/** A WebP: a RIFF container as long as it says; the first chunk has the size, in one of three ways. */
function readWebp(bytes: Buffer): Logo | undefined {
  if (bytes.length < 30 || nameAt(bytes, 0) !== 'RIFF' || nameAt(bytes, 8) !== 'WEBP') return undefined;
  if (bytes.readUInt32LE(4) + 8 !== bytes.length) return undefined;
  const size = webpSize(bytes);
  return size === undefined ? undefined : { type: 'image/webp', ...size };
}

function webpSize(bytes: Buffer): { width: number; height: number } | undefined {
  switch (nameAt(bytes, 12)) {
    case 'VP8X':
      return { width: bytes.readUIntLE(24, 3) + 1, height: bytes.readUIntLE(27, 3) + 1 };
    case 'VP8L': {
      if (bytes[20] !== 0x2f) return undefined;
      const packed = bytes.readUInt32LE(21);
      return { width: (packed & 0x3fff) + 1, height: ((packed >>> 14) & 0x3fff) + 1 };
    }
    case 'VP8 ':
      if (bytes.readUIntBE(23, 3) !== 0x9d012a) return undefined;
      return { width: bytes.readUInt16LE(26) & 0x3fff, height: bytes.readUInt16LE(28) & 0x3fff };
    default:
      return undefined;
  }
}

function nameAt(bytes: Buffer, at: number): string {
  return bytes.toString('latin1', at, at + 4);
}
