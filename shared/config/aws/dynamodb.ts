/** What is used of the DynamoDB client; importing the package itself on demand would bundle all of it. */
export { DynamoDBClient, GetItemCommand, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
