/**
 * Wakes the outbox dispatcher after a commit. The message carries nothing: losing it costs a delay of at
 * most a minute, until the scheduled sweep, never an effect.
 */
import type { SQSClient } from '@aws-sdk/client-sqs';
import { awsClientOptions } from '../config/aws-client.ts';
import { settings } from '../config/environment.ts';
import type { Log } from '../contract/context.ts';

/** Sends the wake-up; failure is logged and forgotten. */
export async function wakeDispatcher(log: Log): Promise<void> {
  try {
    const { SendMessageCommand } = await import('../config/aws/sqs.ts');
    const queue = await sqs();
    await queue.send(new SendMessageCommand({ QueueUrl: settings.outboxQueueUrl(), MessageBody: '{}' }));
  } catch (error) {
    log.warn('the dispatcher was not woken; the sweep will', {
      errorName: error instanceof Error ? error.name : 'unknown',
    });
  }
}

let client: Promise<SQSClient> | undefined;

function sqs(): Promise<SQSClient> {
  // The caller waits meanwhile, for something that the sweep does as well: once, and not for long.
  client ??= import('../config/aws/sqs.ts').then(
    ({ SQSClient }) => new SQSClient({ ...awsClientOptions(500), maxAttempts: 1 }),
  );
  return client;
}
