/** Runs a pool with one user until it is killed: `node process.ts <state> <email>`. */
import { startPool } from './pool.ts';

const [, , state = '', email = ''] = process.argv;
const pool = await startPool({}, undefined, state);
await pool.addUser(email);
console.log(pool.loginUrl);
