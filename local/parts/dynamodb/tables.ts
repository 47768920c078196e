/** Tables as the template defines them, made in dynalite. */
import { existsSync } from 'node:fs';
import { readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { AwsCallFailed, callAws } from '../../front/call.ts';

/** A table of the template: its physical name and its resolved CloudFormation properties. */
export type TableDefinition = { name: string; properties: Record<string, unknown> };

export type Place = { port: number; region: string };
export type Item = Record<string, unknown>;

type Key = { AttributeName: string; KeyType: string };
type Index = {
  IndexName: string;
  KeySchema: Key[];
  Projection: { ProjectionType: string; NonKeyAttributes?: string[] };
};
type Described = { KeySchema: Key[]; GlobalSecondaryIndexes?: Index[]; LocalSecondaryIndexes?: Index[] };

const THROUGHPUT = { ReadCapacityUnits: 5, WriteCapacityUnits: 5 };

/** Calls DynamoDB directly, as the runtime. */
export async function dynamo<Answer = Record<string, unknown>>(
  place: Place,
  action: string,
  body: unknown,
): Promise<Answer> {
  return callAws<Answer>({ ...place, target: `DynamoDB_20120810.${action}`, body });
}

export async function describeTable(place: Place, table: string): Promise<Described | undefined> {
  try {
    return (await dynamo<{ Table: Described }>(place, 'DescribeTable', { TableName: table })).Table;
  } catch (error) {
    if (error instanceof AwsCallFailed && error.code === 'ResourceNotFoundException') return undefined;
    throw error;
  }
}

/**
 * Makes sure that a table of `AWS::DynamoDB::Table` or `GlobalTable` properties exists; answers its time-to-live
 * attribute. dynalite cannot add an index to a table, so changed indexes rebuild it around its items.
 */
export async function createTable(
  place: Place,
  definition: TableDefinition,
  rebuildFolder: string,
): Promise<string | undefined> {
  const wanted = toCreateTable(definition);
  const saved = join(rebuildFolder, `${definition.name}.json`);
  const existing = await describeTable(place, definition.name);

  if (existing !== undefined && shape(existing.KeySchema) !== shape(wanted.KeySchema)) {
    throw new Error(
      `The key of table ${definition.name} changed in the template; npm run reset clears the local state`,
    );
  }
  const sameIndexes = existing !== undefined && indexShape(existing) === indexShape(wanted);
  if (!sameIndexes && existing !== undefined && !existsSync(saved)) {
    await writeFile(`${saved}.part`, JSON.stringify(await scanAll(place, definition.name)));
    await rename(`${saved}.part`, saved);
  }
  if (!sameIndexes && existing !== undefined) {
    await dynamo(place, 'DeleteTable', { TableName: definition.name });
    await until(async () => (await describeTable(place, definition.name)) === undefined);
  }
  if (!sameIndexes) {
    await dynamo(place, 'CreateTable', wanted);
    await until(async () => (await describeTable(place, definition.name)) !== undefined);
  }
  // Also after a rebuild that was interrupted: the saved items stay until they are back in the table.
  if (existsSync(saved)) {
    const items = JSON.parse(await readFile(saved, 'utf8')) as Item[];
    for (const item of items) await dynamo(place, 'PutItem', { TableName: definition.name, Item: item });
    await rm(saved);
  }
  return timeToLiveAttribute(definition.properties);
}

/** Reads a whole table, page by page. */
export async function scanAll(
  place: Place,
  table: string,
  filter: Record<string, unknown> = {},
): Promise<Item[]> {
  const items: Item[] = [];
  let from: Item | undefined;
  do {
    const page: { Items: Item[]; LastEvaluatedKey?: Item } = await dynamo(place, 'Scan', {
      TableName: table,
      ...filter,
      ...(from === undefined ? {} : { ExclusiveStartKey: from }),
    });
    items.push(...page.Items);
    from = page.LastEvaluatedKey;
  } while (from !== undefined);
  return items;
}

function toCreateTable({ name, properties }: TableDefinition) {
  const onDemand = properties.BillingMode === 'PAY_PER_REQUEST';
  const throughput = onDemand ? {} : { ProvisionedThroughput: THROUGHPUT };
  const indexes = (value: unknown, more: object) =>
    ((value ?? []) as Index[]).map(({ IndexName, KeySchema, Projection }) => ({
      IndexName,
      KeySchema,
      Projection,
      ...more,
    }));
  const global = indexes(properties.GlobalSecondaryIndexes, throughput);
  const local = indexes(properties.LocalSecondaryIndexes, {});
  return {
    TableName: name,
    KeySchema: properties.KeySchema as Key[],
    AttributeDefinitions: properties.AttributeDefinitions,
    BillingMode: onDemand ? 'PAY_PER_REQUEST' : 'PROVISIONED',
    ...throughput,
    ...(global.length === 0 ? {} : { GlobalSecondaryIndexes: global }),
    ...(local.length === 0 ? {} : { LocalSecondaryIndexes: local }),
  };
}

function timeToLiveAttribute(properties: Record<string, unknown>): string | undefined {
  const specification = properties.TimeToLiveSpecification as
    { Enabled?: unknown; AttributeName?: string } | undefined;
  return String(specification?.Enabled) === 'true' ? specification?.AttributeName : undefined;
}

function indexShape(table: { GlobalSecondaryIndexes?: Index[]; LocalSecondaryIndexes?: Index[] }): string {
  return [...(table.GlobalSecondaryIndexes ?? []), ...(table.LocalSecondaryIndexes ?? [])]
    .map(({ IndexName, KeySchema, Projection }) =>
      [
        IndexName,
        shape(KeySchema),
        Projection.ProjectionType,
        ...(Projection.NonKeyAttributes ?? []).toSorted(),
      ].join(' '),
    )
    .sort()
    .join('\n');
}

function shape(keys: Key[]): string {
  return keys.map((key) => `${key.KeyType}:${key.AttributeName}`).join(',');
}

async function until(done: () => Promise<boolean>): Promise<void> {
  for (let attempt = 0; attempt < 200; attempt += 1) {
    if (await done()) return;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  throw new Error('DynamoDB did not settle within 2 s');
}
