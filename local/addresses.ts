/** Decides where the parts listen, before anything is resolved from the template. */
import type { Postgres } from './parts/postgres/postgres.ts';
import { freePort } from './ports.ts';
import { print } from './progress.ts';
import type { Facts } from './template/readers.ts';

/** Ports that are tried first; another one is used, and said, when one is taken. */
export const preferredPorts = { web: 4000, login: 4001, front: 4002, postgres: 4003 };

/** Any that is free: stacks that start at the same moment never find the same. */
export const anyPorts: typeof preferredPorts = { web: 0, login: 0, front: 0, postgres: 0 };

/** Where everything listens, given where people reach the stack and where the database is. */
export async function chooseAddresses(
  url: string,
  database: Postgres,
  preferred = preferredPorts,
): Promise<Facts> {
  // Chosen now and bound later, so none may be chosen twice.
  const chosen = new Set([Number(new URL(url).port), database.port]);
  const choose = async (name: string, wanted: number): Promise<number> => {
    const { port: found, taken } = await freePort(chosen.has(wanted) ? 0 : wanted);
    let port = found;
    while (chosen.has(port)) ({ port } = await freePort(0));
    if (taken) print(`  Port ${wanted} is in use; ${name} listens on ${port}.`);
    chosen.add(port);
    return port;
  };
  const login = await choose('the sign-in page', preferred.login);
  const awsUrl = `http://127.0.0.1:${await choose('the local AWS', preferred.front)}`;
  return {
    awsUrl,
    apiUrl: url,
    loginUrl: `http://localhost:${login}`,
    issuerUrl: awsUrl,
    database: { host: database.host, port: database.port },
  };
}
