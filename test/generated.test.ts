/** The documents in docs/generated are what the project says now. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { clientTypes } from '../bin/documents/client-types.ts';
import { clientTypesFile, generatedFiles, generatedFolder, staleFiles } from '../bin/generate.ts';

test('[GOV-1] every generated document is fresh, and none is left over or written by hand', async () => {
  const files = await generatedFiles();
  expect(staleFiles(files, generatedFolder)).toEqual([]);
  // As a boolean: the difference of two texts of this size is of use to nobody.
  const fresh = await clientTypes(files['openapi.json'] ?? '');
  expect(readFileSync(clientTypesFile, 'utf8') === fresh).toBe(true);
}, 120_000);

describe('a folder of generated documents', () => {
  const folder = mkdtempSync(join(tmpdir(), 'plinth-generated-'));
  const files = { 'a.md': 'A\n', 'b.md': 'B\n' };
  beforeAll(() => {
    writeFileSync(join(folder, 'a.md'), 'A\n');
    writeFileSync(join(folder, 'b.md'), 'B\n');
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  test('[GOV-1] is found sound', () => {
    expect(staleFiles(files, folder)).toEqual([]);
  });

  test('[GOV-1] is found stale when a document changed, when one is missing, and when one is a stranger', () => {
    writeFileSync(join(folder, 'c.md'), 'C\n');
    expect(staleFiles({ 'a.md': 'A2\n', 'b.md': 'B\n', 'd.md': 'D\n' }, folder)).toEqual([
      'docs/generated/a.md is stale: run npm run generate and commit what it writes.',
      'docs/generated/d.md is stale: run npm run generate and commit what it writes.',
      'docs/generated/c.md is not generated: remove it, or move it out of docs/generated.',
    ]);
  });
});
