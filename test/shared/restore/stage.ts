/** A chain with a bucket, and the workers of backups and restores in processes of their own. */
import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startQueues } from '#local/parts/queues/queues.ts';
import { formatId, uuidOf } from '#shared/contract/ids.ts';
import type { TenantRole } from '#shared/contract/roles.ts';
import { type Founded, foundTenant } from '#test/shared/db/tenants.ts';
import { type Answer, type Chain, type Handler, type Request, startChain } from '#test/support/chain.ts';
import { startSteps, type StepEnd, type StepWorker } from '#test/support/steps.ts';
import { newPerson, type Person } from '#test/support/tokens.ts';

export type Team = Founded & { owner: Person; admin: Person };

export type Stage = {
  chain: Chain;
  /** What the functions are told beside their database. */
  environment: Record<string, string>;
  found(): Promise<Team>;
  join(founded: Founded, role: TenantRole): Promise<Person>;
  as(
    person: Person,
    founded: Founded,
    method: string,
    path: string,
    more?: Partial<Request>,
  ): Promise<Answer>;
  /** Runs the steps of the workflows that wait in the outbox, each once; returns how they ended. */
  work(): Promise<StepEnd[]>;
  worker(module: 'backups' | 'restore'): StepWorker;
  stop(): Promise<void>;
};

const bucket = 'tenant-files';
const stepsOf: Record<string, readonly string[]> = {
  'backups.take': ['take'],
  'restore.prepare': ['stage', 'verify', 'compare'],
  'restore.apply': ['apply', 'tell'],
};

export async function startStage(): Promise<Stage> {
  const chain = await startChain();
  const state = mkdtempSync(join(tmpdir(), 'plinth-restore-'));
  const queues = await startQueues({ state, region: 'us-east-1', log: () => undefined });
  await queues.ensureBuckets([{ name: bucket }]);
  const environment = {
    AWS_ENDPOINT_URL_S3: `http://127.0.0.1:${queues.port}`,
    TENANT_FILES_BUCKET: bucket,
    BACKUP_SECRET_ARN: 'arn:aws:secretsmanager:us-east-1:000000000000:secret:backups',
  };
  Object.assign(process.env, environment);
  const { database } = chain;
  const workers = {
    backups: await startSteps('backups', database.environment('app_backup')),
    restore: await startSteps('restore', database.environment('app_restore')),
  };
  const handlerOf = async (path: string): Promise<Handler> =>
    path.startsWith('/v1/backups')
      ? (await import('../../../functions/http/backups.ts')).handler
      : (await import('../../../functions/http/restore.ts')).handler;
  return {
    chain,
    environment,
    found: async () => {
      const founded = await foundTenant(database.admin);
      const owner = { sub: founded.userId, email: `${founded.userId}@example.com`, name: 'Owner' };
      return { ...founded, owner, admin: await joined(chain, founded, 'admin') };
    },
    join: (founded, role) => joined(chain, founded, role),
    as: async (person, { tenantId }, method, path, more = {}) =>
      chain.call(await handlerOf(path), {
        ...{ method, path, ...more },
        token: await chain.pool.token(person),
        headers: { 'idempotency-key': randomUUID(), 'x-tenant-id': formatId('tenant', tenantId) },
      }),
    work: async () => {
      const ends: StepEnd[] = [];
      const { rows } = await database.admin.query<{ type: string; tenant_id: string; payload: object }>(
        "delete from app.outbox where kind = 'workflow' returning type, tenant_id, payload",
      );
      for (const { type, tenant_id, payload } of rows) {
        const worker = workers[type.startsWith('backups') ? 'backups' : 'restore'];
        for (const step of stepsOf[type] ?? []) {
          const end = await worker.run(type, step, tenant_id, payload);
          ends.push(end);
          if (end === 'killed' || 'error' in end) break;
        }
      }
      return ends;
    },
    worker: (module) => workers[module],
    stop: async () => {
      await Promise.all([...Object.values(workers).map((worker) => worker.stop()), queues.stop()]);
      await chain.stop();
      rmSync(state, { recursive: true, force: true });
    },
  };
}

async function joined(chain: Chain, { tenantId }: Founded, role: TenantRole): Promise<Person> {
  const person = newPerson('Member');
  const { admin } = chain.database;
  await admin.query('insert into app.users (id, email, name) values ($1, $2, $3)', [
    ...[person.sub, person.email, person.name],
  ]);
  await admin.query('insert into app.memberships (tenant_id, user_id, role) values ($1, $2, $3)', [
    ...[tenantId, person.sub, role],
  ]);
  return person;
}

/** The bare UUID of an answered id. */
export const uuidIn = ({ body }: Answer): string => uuidOf((body as { id: never }).id);
