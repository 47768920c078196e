/** What the gate costs, counted by a DynamoDB that remembers its calls. */
import { randomUUID } from 'node:crypto';
import { handler as tenancy } from '../../../functions/http/tenancy.ts';
import { gateKeys } from '#shared/limits/keys.ts';
import { send, updateOf } from '#shared/limits/item.ts';
import { minuteWindow } from '#shared/limits/windows.ts';
import { formatId } from '#shared/contract/ids.ts';
import { storeKey } from '#test/support/stored-key.ts';
import type { Report } from '../figures.ts';
import type { Caller, Stage } from './stage.ts';

type Cost = { trips: number; writeUnits: number; readUnits: number };

/** Runs in this process, whose calls are recorded. */
export async function countCost(report: Report, stage: Stage): Promise<void> {
  report.progress('counting round trips');
  await ofPeople(report, stage);
  await ofKeys(report, stage);
}

const soon = () => Date.now() + 5_000;

function asker({ chain, gate }: Stage) {
  return async (
    who: Caller,
    status: number,
    session?: { origin_jti: string; auth_time: number },
  ): Promise<Cost> => {
    const token =
      session === undefined ? who.credential : await chain.pool.token(who.person, { claims: session });
    gate.reset();
    const answer = await chain.call(tenancy, {
      ...{ method: 'GET', path: '/v1/tenant', token, headers: { 'x-tenant-id': who.tenant } },
    });
    if (answer.status !== status) throw new Error(`answered ${answer.status} instead of ${status}`);
    const units = (operation: string) =>
      gate.calls.reduce((sum, call) => sum + (call.operation === operation ? call.units : 0), 0);
    return { trips: gate.depth(), writeUnits: units('UpdateItem'), readUnits: units('GetItem') };
  };
}

async function ofPeople(report: Report, stage: Stage): Promise<void> {
  const ask = asker(stage);
  const [who] = (await stage.newTenant()) as [Caller];
  report.figure('trips: a cold instance', (await ask(who, 200)).trips, 'round trips', { atMost: 2 });
  await ask(who, 200);
  const warm = await ask(who, 200);
  report.figure('trips: an ordinary warm request', warm.trips, 'round trips', { exactly: 1 });
  report.figure('writes: an ordinary warm request', warm.writeUnits, 'write units', { exactly: 2 });
  report.figure('reads: an ordinary warm request', warm.readUnits, 'read units', { atMost: 1 });

  // More sessions than one person may have: the oldest go.
  for (let ago = 15; ago > 0; ago -= 1) {
    const auth_time = Math.floor(Date.now() / 1000) - ago * 60;
    await ask(who, 200, { origin_jti: randomUUID(), auth_time });
  }
  const full = await ask(who, 200);
  report.figure('writes: a person of many sessions', full.writeUnits, 'write units', { exactly: 2 });

  const set = async (key: Parameters<typeof updateOf>[0], requests: number) => {
    const update = updateOf(key);
    update.set(minuteWindow(new Date()).attribute, requests);
    await send(update, soon());
  };
  await set(gateKeys.tenant(who.tenant), 540);
  await ask(who, 200);
  const near = await ask(who, 200);
  report.figure('trips: within 100 of a limit', near.trips, 'round trips', { exactly: 2 });
  report.figure('writes: within 100 of a limit', near.writeUnits, 'write units', { exactly: 2 });

  await set(gateKeys.user(formatId('user', who.person.sub)), 120);
  await ask(who, 429);
  report.figure('trips: a remembered refusal', (await ask(who, 429)).trips, 'round trips', { exactly: 0 });
}

async function ofKeys(report: Report, stage: Stage): Promise<void> {
  const ask = asker(stage);
  const [owner] = (await stage.newTenant()) as [Caller];
  const { text } = await storeKey(stage.chain.database.admin, owner.tenant);
  const key = { ...owner, credential: text };
  for (let turn = 0; turn < 2; turn += 1) await ask(key, 200);
  const warm = await ask(key, 200);
  report.figure('trips: a warm request of a key', warm.trips, 'round trips', { exactly: 1 });
  report.figure('writes: a warm request of a key', warm.writeUnits, 'write units', { exactly: 2 });
}
