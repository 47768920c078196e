/** The counters of demo data in the gate’s table, where limits and budgets are held against them. */
import { ConditionalCheckFailedException, DynamoDBClient, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { usageLimits } from '#shared/config/plans.ts';
import { windowsAt } from './clock.ts';
import type { Company } from './companies.ts';
import { countersOf } from './models.ts';
import { exportsOf, type Month } from './company.ts';

/** The table, at the front, as the runtime itself. */
export type GateTable = { name: string; region: string; endpoint: string; accessKeyId: string };

/** Counters by the item that they stand in. */
export type Counters = ReadonlyMap<string, Readonly<Record<string, bigint>>>;

/** Named as the kernel names them (shared/limits/keys.ts, usage.ts). */
export function countersFor(
  company: Company,
  tenantId: string,
  { calls, scopes }: Month,
  at: Date,
): Counters {
  const { plan, timeZone, usage } = company;
  const { hour, day, month } = windowsAt(timeZone, at);
  const of = (limit: number | undefined, percent: number) =>
    BigInt(Math.floor(((limit ?? 0) * percent) / 100));
  const limits = usageLimits[plan];
  const messages = of(limits.messages.day, usage.messagesToday);
  return new Map([
    [
      `T#${tenantId}`,
      {
        [month]: of(limits.api_calls.month, usage.apiCalls),
        [hour]: of(limits.api_calls.hour, Math.min(20, usage.apiCalls)),
      },
    ],
    [
      `Q#${tenantId}`,
      {
        [`${month}exports`]: BigInt(exportsOf(company)),
        [`${month}workflow_runs`]: of(limits.workflow_runs.month, usage.workflowRuns),
        [`${day}messages`]: messages,
        [`${month}messages`]: messages * 14n,
      },
    ],
    ...(calls.length === 0
      ? []
      : ([[`B#${tenantId}`, countersOf(calls, { scopes, timeZone, at })]] as const)),
  ]);
}

/** Adds the counters once: a mark stands beside them, so that doing it again changes nothing. */
export async function addCounters(table: GateTable, mark: string, counters: Counters): Promise<void> {
  const client = new DynamoDBClient({
    region: table.region,
    endpoint: table.endpoint,
    credentials: { accessKeyId: table.accessKeyId, secretAccessKey: 'local' },
  });
  try {
    for (const [key, counts] of counters) await addTo(client, table.name, key, mark, counts);
  } finally {
    client.destroy();
  }
}

async function addTo(
  client: DynamoDBClient,
  table: string,
  key: string,
  mark: string,
  counts: Readonly<Record<string, bigint>>,
): Promise<void> {
  const entries = Object.entries(counts);
  try {
    await client.send(
      new UpdateItemCommand({
        TableName: table,
        Key: { pk: { S: key } },
        UpdateExpression: `SET #mark = :mark ADD ${entries.map((_entry, at) => `#${at} :${at}`).join(', ')}`,
        ConditionExpression: 'attribute_not_exists(#mark)',
        ExpressionAttributeNames: {
          '#mark': 'demo',
          ...Object.fromEntries(entries.map(([name], at) => [`#${at}`, name])),
        },
        ExpressionAttributeValues: {
          ':mark': { S: mark },
          ...Object.fromEntries(entries.map(([, value], at) => [`:${at}`, { N: String(value) }])),
        },
      }),
    );
  } catch (error) {
    if (!(error instanceof ConditionalCheckFailedException)) throw error;
  }
}
