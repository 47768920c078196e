/** Which IAM action an SQS call needs: the batch forms have none of their own. */
import { type Body, type Need, type Place, arn, text } from './need.ts';

const ACTIONS: Record<string, string> = {
  SendMessageBatch: 'SendMessage',
  DeleteMessageBatch: 'DeleteMessage',
  ChangeMessageVisibilityBatch: 'ChangeMessageVisibility',
};

/** Answers that carry queue URLs, which the front rewrites to its own address. */
export const ANSWERS_WITH_URLS = new Set(['CreateQueue', 'GetQueueUrl', 'ListQueues']);

export function sqsNeeds(place: Place, action: string, body: Body): Need[] | undefined {
  if (action === 'ListQueues') return [{ action: 'sqs:ListQueues', resource: '*' }];
  const queue = text(body, 'QueueUrl').split('/').at(-1) || text(body, 'QueueName');
  if (queue === '') return undefined;
  return [{ action: `sqs:${ACTIONS[action] ?? action}`, resource: arn(place, 'sqs', queue) }];
}

/** Puts the front's address into the queue URLs of an answer. */
export function rewriteQueueUrls(answer: string, base: string): string {
  return answer.replaceAll(/"https?:\/\/[^/"]+(\/\d{12}\/[^"/]+)"/g, (_, path: string) => `"${base}${path}"`);
}
