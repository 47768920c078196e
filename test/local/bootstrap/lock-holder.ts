/** A program that takes the lock of the state folder it is given, says so, and waits; a hint of a running stack. */
import { acquireStateLock } from '#local/lock.ts';

const lock = await acquireStateLock(process.argv[2] ?? '');
console.log('locked');
process.once('SIGTERM', () => void lock.stop().then(() => process.exit(0)));
setInterval(() => undefined, 1000);
// As local/main.ts does: the launcher is gone, so stop, in this many milliseconds.
const delayMs = Number(process.argv[3]);
process.on('disconnect', () => setTimeout(() => process.exit(0), delayMs));
