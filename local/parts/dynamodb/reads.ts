/**
 * Every call to dynalite reads its table and its item. Its store does that on other threads, which costs many times
 * what reading a page does that the file cache holds; here the store reads where it is asked.
 */
import { createRequire } from 'node:module';

type Store = {
  _get(key: unknown, options: unknown): Promise<unknown>;
  _getSync(key: unknown, options: unknown): unknown;
};

/** Has dynalite's store read at once. Before dynalite opens it. */
export function readWithoutThreads(): void {
  // The very copy of the store that dynalite uses.
  const require = createRequire(createRequire(import.meta.url).resolve('dynalite'));
  const { Level } = require('level') as { Level: { prototype: Store } };
  Level.prototype._get = async function (this: Store, key, options) {
    return this._getSync(key, options);
  };
}
