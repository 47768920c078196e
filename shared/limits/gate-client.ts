/** The DynamoDB client of the gate table, made on first use: the SDK is more than half of a cold start. */
import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { awsClientOptions } from '../config/aws-client.ts';

let client: Promise<DynamoDBClient> | undefined;

/** The instance's client. */
export function gateClient(): Promise<DynamoDBClient> {
  client ??= import('../config/aws/dynamodb.ts').then(
    ({ DynamoDBClient }) => new DynamoDBClient(awsClientOptions()),
  );
  return client;
}
