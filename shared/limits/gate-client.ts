/** The DynamoDB client of the gate table, made on first use: the SDK is more than half of a cold start. */
import type { DynamoDBClient, GetItemCommand, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { awsClientOptions } from '../config/aws-client.ts';
import { learnFrame } from './wire.ts';

type Sdk = {
  DynamoDBClient: typeof DynamoDBClient;
  GetItemCommand: typeof GetItemCommand;
  UpdateItemCommand: typeof UpdateItemCommand;
};

let sdk: Promise<Sdk> | undefined;
let client: Promise<DynamoDBClient> | undefined;

/** The part of the SDK that the gate's table is asked with. */
export function gateSdk(): Promise<Sdk> {
  // Asking the loader each time would cost a request more than the update's own words.
  return (sdk ??= import('../config/aws/dynamodb.ts'));
}

/** The instance's client. */
export function gateClient(): Promise<DynamoDBClient> {
  client ??= openClient();
  return client;
}

async function openClient(): Promise<DynamoDBClient> {
  const { DynamoDBClient } = await gateSdk();
  const opened = new DynamoDBClient(awsClientOptions());
  learnFrame(opened);
  return opened;
}
