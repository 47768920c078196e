/** What is used of the SQS client; importing the package itself on demand would bundle all of it. */
export { SendMessageBatchCommand, SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
