/** Time to live: DynamoDB deletes an item some time after its epoch-seconds attribute has passed. */
import { type Place, describeTable, dynamo, scanAll } from './tables.ts';

/** AWS ignores timestamps that lie further back, so that a mistake in units does not empty a table. */
const FIVE_YEARS_SECONDS = 5 * 365 * 86_400;

/** Deletes the expired items of a table; answers how many. */
export async function sweepExpired(place: Place, table: string, attribute: string): Promise<number> {
  const described = await describeTable(place, table);
  if (described === undefined) return 0;
  const now = Math.floor(Date.now() / 1000);
  const expired = {
    ExpressionAttributeNames: { '#ttl': attribute },
    ExpressionAttributeValues: {
      ':now': { N: String(now) },
      ':floor': { N: String(now - FIVE_YEARS_SECONDS) },
    },
  };
  const items = await scanAll(place, table, {
    FilterExpression: '#ttl < :now AND #ttl > :floor',
    ...expired,
  });
  for (const item of items) {
    const Key = Object.fromEntries(
      described.KeySchema.map((key) => [key.AttributeName, item[key.AttributeName]]),
    );
    // Conditional: the item may have been renewed since the scan.
    await dynamo(place, 'DeleteItem', {
      TableName: table,
      Key,
      ConditionExpression: '#ttl < :now AND #ttl > :floor',
      ...expired,
    }).catch((error: unknown) => {
      if (!String(error).includes('ConditionalCheckFailed')) throw error;
    });
  }
  return items.length;
}
