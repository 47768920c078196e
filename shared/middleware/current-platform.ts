/** What holds for every tenant at this moment: as this instance remembers it, unless a newer version was published. */
import { pool } from '../db/pool.ts';
import { gateKeys } from '../limits/keys.ts';
import { publishedVersion, withdrawVersion } from '../limits/versions.ts';
import {
  knownPlatformState,
  type PlatformState,
  readPlatformState,
  rememberPlatformState,
  settledPlatformState,
} from '../tenancy/platform-state.ts';
import { deadlineOf, type Exchange } from './exchange.ts';

/**
 * The platform's state for this request.
 * @throws Failure `dependency.unavailable` when nobody can say whether it still holds: a switch never fails open
 */
export async function currentPlatform(exchange: Exchange): Promise<PlatformState> {
  const deadlineMs = deadlineOf(exchange);
  const [published, state] = await Promise.all([
    publishedVersion(gateKeys.platform(), deadlineMs),
    assumedPlatform(exchange),
  ]);
  if (state.version >= published) return state;
  const settled = await settledPlatformState(pool(), deadlineMs);
  if (settled.version < published) {
    await withdrawVersion(gateKeys.platform(), published, settled.version, deadlineMs);
  }
  return rememberPlatformState(settled, exchange.startedAt);
}

/** The state as this instance knows it, before anybody has said whether it still holds. */
export async function assumedPlatform(exchange: Exchange): Promise<PlatformState> {
  const { startedAt } = exchange;
  const state = knownPlatformState(startedAt);
  return state ?? rememberPlatformState(await readPlatformState(pool(), deadlineOf(exchange)), startedAt);
}
