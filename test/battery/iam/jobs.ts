/** Jobs that nothing else in the battery leads to, and jobs that nobody could do. */
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { SendMessageCommand } from '@aws-sdk/client-sqs';
import { queues } from '#local/template/readers.ts';
import { newId, uuidOf } from '#shared/contract/ids.ts';
import { failoverJobs } from '#shared/failover/failover.events.ts';
import { restoreJobs } from '#shared/restore/restore.events.ts';
import { queueUrlOf, sqsClient } from '../alarms/counters.ts';
import type { BatterySite } from '../support/site.ts';

const patienceMs = 60_000;

/** Publishes what a failover and a restore leave to be told; whoever dispatches next sends it on its way. */
export async function publishTellings({ world }: BatterySite): Promise<void> {
  const tenant = await world.tenant();
  await world.member(tenant, 'owner');
  const lost = { fromRegion: 'us', toRegion: 'eu', lostSince: new Date().toISOString(), rpoMs: 0 };
  const payloads = {
    [failoverJobs.tellOwners.name]: { failoverId: newId('failover'), ...lost },
    [restoreJobs.tellOwners.name]: { restoreId: newId('restore') },
  };
  for (const [type, payload] of Object.entries(payloads)) {
    await world.admin.query(
      `insert into app.outbox (id, tenant_id, kind, type, payload, request_id)
       values ($1, $2, 'job', $3, $4, 'battery')`,
      [randomUUID(), uuidOf(tenant), type, payload],
    );
  }
}

/** Puts a message aside from every queue, as SQS does after five attempts; says what was not kept. */
export async function putAside(site: BatterySite): Promise<string[]> {
  const client = sqsClient(site);
  const names = queues(site.stack.cell)
    .map(({ name }) => name)
    .filter((name) => name.endsWith('-dead-letters'));
  for (const name of names) {
    await client.send(
      new SendMessageCommand({ QueueUrl: queueUrlOf(site, name), MessageBody: `Nobody reads ${name}` }),
    );
  }
  for (const giveUpAt = Date.now() + patienceMs; ; await sleep(250)) {
    const { rows } = await site.world.admin.query<{ body: string }>(
      'select body from app.dead_letters where body is not null',
    );
    const missing = names.filter((name) => !rows.some(({ body }) => body.endsWith(name)));
    if (missing.length === 0) return [];
    if (Date.now() > giveUpAt) return missing.map((name) => `what was put aside in ${name} was not kept`);
  }
}
