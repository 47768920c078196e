/**
 * Parts of packages that no function ever runs, and that every cold start would read and compile all the same: a
 * twelfth of a function's bytes.
 */
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Plugin } from 'esbuild';

const require = createRequire(import.meta.url);
const zodCore = dirname(require.resolve('zod/v4/core'));

/** JSON schemas are made from zod's by the generator of documents only, and the native driver is not installed. */
const leftOut: Readonly<Record<string, 'module' | 'script'>> = {
  [join(zodCore, 'to-json-schema.js')]: 'module',
  [join(zodCore, 'json-schema-processors.js')]: 'module',
  [require.resolve('pg/lib/native/index.js')]: 'script',
};

/** Leaves them out of what is bundled; whoever calls them is told. */
export const withoutUnused: Plugin = {
  name: 'left-out',
  setup: (build) => {
    build.onLoad(
      { filter: /(to-json-schema|json-schema-processors|native[\\/]index)\.js$/ },
      async ({ path }) => {
        const kind = leftOut[path];
        if (kind === undefined) return undefined;
        return { contents: kind === 'module' ? await standIn(path) : '' };
      },
    );
  },
};

/** A module with the same names. A schema asks for its own methods when it is made, so a call answers a function. */
async function standIn(path: string): Promise<string> {
  const names = Object.keys((await import(pathToFileURL(path).href)) as object);
  const thrown = "() => () => { throw new Error('JSON schemas are left out of functions'); }";
  return names.map((name) => `export const ${name} = ${thrown};`).join('\n');
}
