/** `npm run reset`: removes the state of the local stack and says what was removed. */
import { resetState } from '#local/reset-state.ts';
import { stateFolder } from '#local/state.ts';

try {
  const removed = await resetState(stateFolder());
  for (const path of removed) console.log(`Removed ${path}`);
  if (removed.length === 0) console.log(`Nothing to remove: ${stateFolder()} does not exist.`);
} catch (error) {
  console.error(error instanceof Error ? error.message : String(error));
  process.exitCode = 1;
}
