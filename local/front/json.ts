/** Services of the AWS JSON protocols: the action stands in `X-Amz-Target`, the resource in the body. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { AwsError } from '../parts/contract.ts';
import { answerJson } from './answer.ts';
import { callAws } from './call.ts';
import type { Forwarder } from './forward.ts';
import type { FrontOptions } from './options.ts';
import type { Caller, Gate } from './gate.ts';
import { dynamoDbImplements, dynamoDbNeeds, leadingKeys } from './needs/dynamodb.ts';
import { jsonNeeds, needsNoCredentials } from './needs/json.ts';
import { type Need, type Place, objects } from './needs/need.ts';
import { ANSWERS_WITH_URLS, rewriteQueueUrls, sqsNeeds } from './needs/sqs.ts';
import { parseBody, readBody } from './request.ts';

export type Served = {
  request: IncomingMessage;
  response: ServerResponse;
  service: string;
  /** Absent for the calls that need no credentials. */
  caller: Caller | undefined;
  place: Place;
  gate: Gate;
  forwarder: Forwarder;
  options: FrontOptions;
  url: string;
};

export async function serveJson(served: Served): Promise<void> {
  const { request, service, caller, gate, place } = served;
  const action = String(request.headers['x-amz-target']).split('.').at(-1) ?? '';
  const raw = await readBody(request);
  const body = parseBody(raw);

  if (caller !== undefined && !needsNoCredentials(service, action)) {
    const needs = needsOf(place, service, action, body);
    if (needs === undefined)
      throw notImplemented(service, action, 'it is not known which resources it touches');
    const more = service === 'dynamodb' ? () => leadingKeys(place, action, body) : undefined;
    await gate.check(caller, service, needs, more);
  }
  if (service === 'dynamodb') return toDynamoDb(served, action, raw);
  if (service === 'sqs') return toSqs(served, action, raw, body);
  return toHandler(served, action, body);
}

/** Answers through a part of our own. */
export async function toHandler(
  served: Served,
  action: string,
  body: Record<string, unknown>,
): Promise<void> {
  const { service, options, caller, response, place, request } = served;
  const handler = options.parts.handlers[service];
  if (handler === undefined) throw notImplemented(service, action, 'nobody answers this service');
  const answer = await handler({
    service,
    action,
    body,
    region: place.region,
    caller: caller?.role ?? 'anonymous',
  });
  const contentType = String(request.headers['content-type'] ?? 'application/json');
  answerJson(response, answer.status, answer.body, { 'content-type': contentType });
}

export function notImplemented(service: string, action: string, why: string): AwsError {
  return new AwsError(
    'NotImplementedException',
    `The local stack does not implement ${service} ${action}: ${why}`,
    501,
  );
}

function needsOf(
  place: Place,
  service: string,
  action: string,
  body: Record<string, unknown>,
): Need[] | undefined {
  if (service === 'dynamodb') return dynamoDbNeeds(place, action, body);
  if (service === 'sqs') return sqsNeeds(place, action, body);
  return jsonNeeds(place, service, action, body);
}

async function toDynamoDb(served: Served, action: string, body: Buffer): Promise<void> {
  if (!dynamoDbImplements(action)) throw notImplemented('dynamodb', action, 'the embedded DynamoDB lacks it');
  const { forwarder, request, response, options } = served;
  return forwarder.send(request, response, { port: options.parts.dynamodbPort, path: '/', body });
}

async function toSqs(
  served: Served,
  action: string,
  raw: Buffer,
  body: Record<string, unknown>,
): Promise<void> {
  const { forwarder, request, response, options, url, place } = served;
  const port = options.parts.queuesPort;
  // The SDK posts to the queue's own URL; the part listens on its root only.
  return forwarder.send(request, response, {
    port,
    path: '/',
    body: raw,
    ...(ANSWERS_WITH_URLS.has(action) ? { rewrite: (text) => rewriteQueueUrls(text, url) } : {}),
    ...(action === 'ReceiveMessage' ? { onUnread: (text) => giveBack(text) } : {}),
  });

  /** A long poll that was given up would swallow the next message until its visibility times out. */
  function giveBack(answer: string): void {
    const messages = objects((JSON.parse(answer) as Record<string, unknown>).Messages);
    for (const { ReceiptHandle } of messages) {
      const visible = { QueueUrl: body.QueueUrl, ReceiptHandle, VisibilityTimeout: 0 };
      callAws({
        port,
        region: place.region,
        target: 'AmazonSQS.ChangeMessageVisibility',
        body: visible,
      }).catch((error: unknown) =>
        options.log(`A message that nobody waited for stays invisible: ${String(error)}`),
      );
    }
  }
}
