/** The documents in docs/generated are what the registry says now. */
import { readdir, readFile } from 'node:fs/promises';
import { describe, expect, test } from '@jest/globals';
import { generatedFiles, generatedFolder } from '../bin/generate.ts';

describe('docs/generated', () => {
  const files = generatedFiles();

  test.each(Object.keys(files))(
    '[GOV-1] %s is fresh; after a change run node bin/generate.ts',
    async (name) => {
      const written = await readFile(new URL(name, generatedFolder), 'utf8');
      // Not the texts themselves: the difference would fill the screen.
      expect(written === files[name]).toBe(true);
    },
  );

  test('[GOV-1] every file in the folder is generated; none is left over or written by hand', async () => {
    expect((await readdir(generatedFolder)).sort()).toEqual(Object.keys(files).sort());
  });
});
