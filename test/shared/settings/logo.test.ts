/** What passes as a logo, by its bytes. */
import { describe, expect, test } from '@jest/globals';
import { readLogo } from '#shared/settings/logo.ts';
import { mostLogoBytes } from '#shared/settings/settings.contract.ts';
import { picture, type PictureName } from './pictures.ts';

const notWhole = { unfit: 'It is not a whole PNG, JPEG or WebP picture.' };
const pictures: [PictureName, string][] = [
  ['png', 'image/png'],
  ['jpeg', 'image/jpeg'],
  ['webpLossy', 'image/webp'],
  ['webpLossless', 'image/webp'],
  ['webpWithAlpha', 'image/webp'],
];

/** A copy with something written over it. */
function changed(name: PictureName, change: (bytes: Buffer) => void): Buffer {
  const bytes = picture(name);
  change(bytes);
  return bytes;
}

describe.each(pictures)('[UI-4] a picture (%s)', (name, type) => {
  test('is known by its bytes, with its size', () => {
    expect(readLogo(picture(name))).toEqual({ type, width: 24, height: 16 });
  });

  test('is refused when something rides along behind it, or its end is missing', () => {
    const bytes = picture(name);
    expect(readLogo(Buffer.concat([bytes, Buffer.from('<script>alert(1)</script>')]))).toEqual(notWhole);
    expect(readLogo(bytes.subarray(0, -2))).toEqual(notWhole);
    expect(readLogo(bytes.subarray(0, 20))).toEqual(notWhole);
  });
});

test.each([
  ['an SVG with a script', '<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'],
  ['a page', '<!doctype html><script>alert(1)</script>'],
  [
    'a GIF',
    'GIF89a\x18\0\x10\0\x80\0\0\0\0\0\xff\xff\xff!\xf9\x04\0\0\0\0\0,\0\0\0\0\x01\0\x01\0\0\x02\x02D\x01\0;',
  ],
  ['nothing', ''],
])('[UI-4] %s is no logo', (_what, text) => {
  expect(readLogo(Buffer.from(text, 'latin1'))).toEqual(notWhole);
});

test.each<[string, Buffer]>([
  ['a PNG', changed('png', (bytes) => bytes.writeUInt32BE(20_000, 16))],
  [
    'a JPEG',
    changed('jpeg', (bytes) => bytes.writeUInt16BE(0xffff, bytes.indexOf(Buffer.from([0xff, 0xc0])) + 7)),
  ],
  ['a WebP', changed('webpLossy', (bytes) => bytes.writeUInt16LE(8, 26))],
  ['a WebP without loss', changed('webpLossless', (bytes) => bytes.writeUInt32LE(0x3fff, 21))],
  ['a WebP with more', changed('webpWithAlpha', (bytes) => bytes.writeUIntLE(4_000, 24, 3))],
])('[UI-4] %s whose sides are too long or too short for a logo is refused', (_what, bytes) => {
  expect(readLogo(bytes)).toEqual({ unfit: 'Each side has 16 to 1024 pixels.' });
});

test('[UI-4] a picture of more than 64 kB is refused, one of exactly as much is not', () => {
  const [image] = [picture('png')];
  const padded = (size: number) => {
    const padding = Buffer.alloc(size - image.length);
    padding.writeUInt32BE(padding.length - 12, 0);
    padding.write('tEXt', 4, 'latin1');
    return Buffer.concat([image.subarray(0, -12), padding, image.subarray(-12)]);
  };
  expect(readLogo(padded(mostLogoBytes))).toMatchObject({ type: 'image/png' });
  expect(readLogo(padded(mostLogoBytes + 1))).toEqual({ unfit: 'It is larger than 64 kB.' });
});
