/**
 * Parts of packages that no function ever runs, and that every cold start would read and compile all the same: a
 * twelfth of a function's bytes.
 */
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Plugin } from 'esbuild';

const require = createRequire(import.meta.url);
const requireOfPg = createRequire(require.resolve('pg'));
const zodCore = dirname(require.resolve('zod/v4/core'));

/** What stands in for a file of a package: nothing, or functions of the same names that say why they do nothing. */
type StandIn = { kind: 'module' | 'script'; why?: string };

const jsonSchema: StandIn = { kind: 'module', why: 'JSON schemas are left out of functions' };

/**
 * JSON schemas are made from zod's by the generator of documents only. The native driver is not installed, and logins
 * bring a password or a token and never a file, nor bind the channel.
 */
const leftOut: Readonly<Record<string, StandIn>> = {
  [join(zodCore, 'to-json-schema.js')]: jsonSchema,
  [join(zodCore, 'json-schema-processors.js')]: jsonSchema,
  [require.resolve('pg/lib/native/index.js')]: { kind: 'script' },
  [requireOfPg.resolve('pgpass')]: { kind: 'script', why: 'password files are left out of functions' },
  [require.resolve('pg/lib/crypto/cert-signatures.js')]: {
    kind: 'script',
    why: 'channel binding is left out of functions',
  },
};

/** Leaves them out of what is bundled; whoever calls them is told. */
export const withoutUnused: Plugin = {
  name: 'left-out',
  setup: (build) => {
    build.onLoad(
      {
        filter:
          /(to-json-schema|json-schema-processors|native[\\/]index|pgpass[\\/]lib[\\/]index|cert-signatures)\.js$/,
      },
      async ({ path }) => {
        const found = leftOut[path];
        return found === undefined ? undefined : { contents: await standIn(path, found) };
      },
    );
  },
};

async function standIn(path: string, { kind, why }: StandIn): Promise<string> {
  if (why === undefined) return '';
  const thrown = `() => { throw new Error('${why}'); }`;
  if (kind === 'script') return scriptOf(require(path), thrown);
  // A schema asks for its own methods when it is made, so a call answers a function.
  const names = Object.keys((await import(pathToFileURL(path).href)) as object);
  return `const leftOut = () => ${thrown};\nexport { ${names.map((name) => `leftOut as ${name}`).join(', ')} };`;
}

/** One function, or an object of them, as the script exports it. */
function scriptOf(exported: unknown, thrown: string): string {
  if (typeof exported === 'function') return `module.exports = ${thrown};`;
  const names = Object.keys(exported as object);
  return names.map((name) => `exports.${name} = ${thrown};`).join('\n');
}
