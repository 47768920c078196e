/** A program that starts PostgreSQL on the state folder it is given, says where, and waits to be killed. */
import { startEmbedded } from '#local/parts/postgres/postgres.ts';

const state = process.argv[2] ?? '';
const { adminUrl } = await startEmbedded({ state, port: 0, log: (line) => console.error(line) });
console.log(adminUrl);
setInterval(() => undefined, 1000);
