/**
 * The version of a configuration, as the gate's items carry it. Postgres holds the configuration and its version;
 * whoever changes it publishes the new version here before the change is committed. So an instance that remembers a
 * configuration learns in the update that counts the request whether what it remembers still holds.
 */
import { readOften, send, updateOf } from './item.ts';
import type { GateKey } from './keys.ts';

/** The attribute of the version. */
export const versionAttribute = 'cv';

/**
 * Says that a configuration moved. An older version never replaces a newer one.
 * @throws Failure `dependency.unavailable` when it could not be written: the change must not be committed then
 */
export async function publishVersion(key: GateKey, version: number, deadlineMs: number): Promise<void> {
  const update = updateOf(key);
  update.set(versionAttribute, version);
  update.unless((n, v) => `${n(versionAttribute)} >= ${v(version)}`);
  await send(update, deadlineMs);
}

/**
 * Takes back a version whose change was never committed, unless another was published since.
 * @param settled the version that Postgres holds, with no change under way
 */
export async function withdrawVersion(
  key: GateKey,
  published: number,
  settled: number,
  deadlineMs: number,
): Promise<void> {
  const update = updateOf(key);
  update.set(versionAttribute, settled);
  update.when((n, v) => `${n(versionAttribute)} = ${v(published)}`);
  await send(update, deadlineMs);
}

/** The version that was published last; zero when none was. */
export async function publishedVersion(key: GateKey, deadlineMs: number): Promise<number> {
  const { [versionAttribute]: version = 0 } = await readOften(key, deadlineMs);
  return version;
}
