/** A restore to a moment: the cluster is copied, reached and the copy deleted, with every grant that this takes. */
import { setTimeout as sleep } from 'node:timers/promises';
import { uuidOf } from '#shared/contract/ids.ts';
import type { BatterySite } from '../support/site.ts';

/** Long enough for the first base backup of the local database, for the copy, and for both on a busy machine. */
const patienceMs = 180_000;

/** Uses every grant of the steps of restores that has to do with copies; says what did not succeed. */
export async function useCopies({ world, url }: BatterySite): Promise<string[]> {
  const tenant = await world.tenant();
  const [owner, admin] = await Promise.all(
    (['owner', 'admin'] as const).map(async (role) => world.token(await world.member(tenant, role))),
  );
  const call = async (token: string | undefined, path: string, body: object) => {
    const response = await fetch(`${url}${path}`, {
      method: 'POST',
      headers: {
        ...{ authorization: `Bearer ${token}`, 'x-tenant-id': tenant, 'content-type': 'application/json' },
        'idempotency-key': crypto.randomUUID(),
      },
      body: JSON.stringify(body),
    });
    return (await response.json()) as { id: string };
  };
  const deadline = Date.now() + patienceMs;
  for (;;) {
    await sleep(5_000);
    const at = new Date(Date.now() - 1_000).toISOString();
    const { id } = await call(owner, '/v1/restores', { at, reason: 'The battery copies the cluster' });
    await call(admin, `/v1/restores/${id}/approve`, {});
    const ended = await outcome(world.admin, id, deadline);
    if (ended.status === 'ready') return [];
    // Before the first base backup there is no moment to go back to.
    if (ended.error !== 'restore.outside_log' || Date.now() > deadline) {
      return [`a restore to a moment: ${ended.status} ${ended.error ?? ''} (${uuidOf(tenant)})`];
    }
  }
}

type Outcome = { status: string; error: string | null };

async function outcome(admin: BatterySite['world']['admin'], id: string, deadline: number): Promise<Outcome> {
  for (;;) {
    const { rows } = await admin.query<Outcome>('select status, error from app.restores where id = $1', [
      id.slice(id.indexOf('_') + 1),
    ]);
    const [row] = rows;
    if (row !== undefined && (row.status === 'ready' || row.status === 'failed')) return row;
    if (Date.now() > deadline) return row ?? { status: 'never began', error: null };
    await sleep(500);
  }
}
