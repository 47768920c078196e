/** PDF files: what stands on their pages. */
import { inflateSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { encodeText, widthOf, wrap } from '#shared/files/pdf-text.ts';
import { type FileStage, head, startFileStage, writeFile } from './report-rows.ts';

let stage: FileStage;

beforeAll(async () => {
  stage = await startFileStage();
});
afterAll(() => stage.stop());

/** What is written on each page, as one text; a reader of our own, for what we write. */
function pagesOf(bytes: Buffer): string[] {
  const file = bytes.toString('latin1');
  const streams = [...file.matchAll(/stream\n([^]*?)\nendstream/g)].map(([, data = '']) =>
    inflateSync(Buffer.from(data, 'latin1')).toString('latin1'),
  );
  return streams.map((content) =>
    [...content.matchAll(/\(((?:\\.|[^\\)])*)\) Tj/g)]
      .map(([, text = '']) =>
        new TextDecoder('windows-1252').decode(Buffer.from(text.replace(/\\(.)/g, '$1'), 'latin1')),
      )
      .join('\n'),
  );
}

const print = () => stage.inside(stage.mine, (bulk) => writeFile(bulk, 'pdf'));

describe('[EXP-2] a printed report', () => {
  beforeAll(async () => {
    await stage.add(stage.mine, 400, (n) => ({ name: n === 7 ? 'Zoë (née 日本) \\ 100 €' : `thing ${n}` }));
    await stage.add(stage.theirs, 2, () => ({ name: 'theirs' }));
  });

  test('says on every page whose it is, of when, and which page', async () => {
    const pages = pagesOf((await print()).bytes);
    expect(pages.length).toBeGreaterThan(5);
    pages.forEach((text, index) => {
      expect(text).toContain('CONFIDENTIAL – Tenant: Acme “Ltd” – Generated 2026-11-21T12:00:00.000Z');
      expect(text).toMatch(new RegExp(`\\nPage ${index + 1}$`));
    });
    expect(pages[0]).toContain(head.purpose);
    expect(pages[0]).toContain(head.requester);
  });

  test('[EXP-1] holds every row once, below the names of its columns', async () => {
    const pages = pagesOf((await print()).bytes);
    expect(pages.every((text) => text.includes('Time\nId\nName\nAmount'))).toBe(true);
    const all = pages.join('\n');
    expect(all.match(/^thing \d+$/gm)).toHaveLength(399);
    expect(all).toContain('400 rows');
    expect(all).not.toContain('theirs');
  });

  test('never shows one letter for another', async () => {
    const all = pagesOf((await print()).bytes)
      .join(' ')
      .replace(/\s+/g, ' ');
    expect(all).toContain('Zoë (née [U+65E5][U+672C]) \\ 100 €');
    expect(encodeText('ł\u00ad\u0081\u0000é')).toBe('[U+0142][U+00AD][U+0081][U+0000]é');
  });

  test('[EXP-1] has the same bytes each time, and is a whole document', async () => {
    const [one, two] = [await print(), await print()];
    expect(one.sha256).toBe(two.sha256);
    expect(one.bytes.subarray(0, 5).toString()).toBe('%PDF-');
    expect(one.bytes.subarray(-6).toString()).toBe('%%EOF\n');
    // The table of objects stands where the end says, and each object where the table says.
    const file = one.bytes.toString('latin1');
    const table = Number(/startxref\n(\d+)\n/.exec(file)?.[1]);
    expect(file.slice(table, table + 4)).toBe('xref');
    const offsets = [...file.slice(table).matchAll(/^(\d{10}) 00000 n/gm)].map(([, at]) => Number(at));
    offsets.forEach((at, index) => expect(file.slice(at).startsWith(`${index + 1} 0 obj`)).toBe(true));
  });

  test('is cut in parts that can be joined, and never goes on', async () => {
    const whole = await print();
    const cut = await stage.inside(stage.mine, (bulk) => writeFile(bulk, 'pdf', { partBytes: 4_000 }));
    expect(cut.sha256).toBe(whole.sha256);
    expect(cut.parts.length).toBeGreaterThan(2);
    expect(cut.parts.some(({ resume }) => resume !== undefined)).toBe(false);
  });
});

test('[EXP-1] lines are no wider than their column, and what is left out is seen to be', () => {
  const long = `${'wide '.repeat(40)}${'m'.repeat(80)}`;
  const lines = wrap(long, 60, 6.5, 4);
  expect(lines).toHaveLength(4);
  expect(lines.every((line) => widthOf(line, 6.5) <= 60)).toBe(true);
  expect(lines.at(-1)?.endsWith('\x85')).toBe(true);
  expect(wrap('m'.repeat(80), 60, 6.5, 40).join('')).toBe('m'.repeat(80));
});
