/** The gate's table: its two operations, by the short way where it is open and by the SDK's command otherwise. */
import type {
  AttributeValue,
  DynamoDBClient,
  GetItemCommandInput,
  UpdateItemCommandInput,
} from '@aws-sdk/client-dynamodb';
import type { HttpRequest } from '@smithy/types';
import { gateClient, gateSdk } from './gate-client.ts';
import { type Answered, deliver, type Operation, signedRequest } from './wire.ts';

export type CallOptions = { abortSignal: AbortSignal };

type Item = Record<string, AttributeValue> | undefined;

/** Updates an item. A request that got lost may have been carried out, and is then carried out twice. */
export async function updateItem(input: UpdateItemCommandInput, options: CallOptions): Promise<Answered> {
  const client = await gateClient();
  const answered = await byWire(client, await signed(client, 'UpdateItem', input), options);
  if (answered !== undefined) return answered;
  const { UpdateItemCommand } = await gateSdk();
  try {
    return { item: (await client.send(new UpdateItemCommand(input), options)).Attributes };
  } catch (error) {
    if (error instanceof Error && error.name === 'ConditionalCheckFailedException') return 'unmet';
    throw error;
  }
}

/** Reads an item. */
export async function getItem(input: GetItemCommandInput, options: CallOptions): Promise<Item> {
  const client = await gateClient();
  return read(client, await signed(client, 'GetItem', input), input, options);
}

/** AWS takes a signed request for five minutes. */
const signedMs = 60_000;

const kept = new Map<string, { request: HttpRequest; untilMs: number }>();

/** Reads an item that is always asked for in the same words; `name` tells such items apart. */
export async function getItemAgain(
  name: string,
  input: GetItemCommandInput,
  options: CallOptions,
): Promise<Item> {
  const client = await gateClient();
  let ready = kept.get(name);
  if (ready === undefined || ready.untilMs <= Date.now()) {
    const request = await signed(client, 'GetItem', input);
    ready = request === undefined ? undefined : { request, untilMs: Date.now() + signedMs };
    if (ready !== undefined) kept.set(name, ready);
  }
  return read(client, ready?.request, input, options);
}

async function read(
  client: DynamoDBClient,
  request: HttpRequest | undefined,
  input: GetItemCommandInput,
  options: CallOptions,
): Promise<Item> {
  const answered = await byWire(client, request, options);
  if (answered !== undefined && answered !== 'unmet') return answered.item;
  const { GetItemCommand } = await gateSdk();
  return (await client.send(new GetItemCommand(input), options)).Item;
}

function signed(
  client: DynamoDBClient,
  operation: Operation,
  input: object,
): Promise<HttpRequest | undefined> {
  return signedRequest(client, operation, input).catch(() => undefined);
}

/** What came back by the short way; nothing when it is not open, or whatever went wrong on it. */
async function byWire(
  client: DynamoDBClient,
  request: HttpRequest | undefined,
  options: CallOptions,
): Promise<Answered | undefined> {
  if (request === undefined) return undefined;
  return deliver(client, request, options).catch(() => undefined);
}
