/**
 * Requests to the gate's table as the SDK's client would send them: to the address that it resolved, signed by its
 * signer, over its connections. What its commands do besides takes three quarters of their time, and every request
 * of every caller waits for the gate (docs/decisions/gate-wire.md). An answer other than the two that a table has
 * for a good request is none: the caller asks again through the command, which knows when to wait and try again.
 */
import { text } from 'node:stream/consumers';
import type { AttributeValue, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { HttpHandlerOptions, HttpRequest, HttpResponse, RequestSigner } from '@smithy/types';

/** The operations that the gate's table knows. */
export type Operation = 'GetItem' | 'UpdateItem';

/** An item as it is, or as it became; `unmet` when a condition did not hold. */
export type Answered = { item: Record<string, AttributeValue> | undefined } | 'unmet';

/** What all requests of a client have in common. */
type Frame = Pick<HttpRequest, 'method' | 'protocol' | 'hostname' | 'port' | 'path'> & {
  headers: Record<string, string>;
  signer: RequestSigner;
};

const frames = new WeakMap<DynamoDBClient, Frame>();

/** Middleware that looks at the requests that a client's commands send, until it has seen one. */
export function learnFrame(client: DynamoDBClient): void {
  client.middlewareStack.add(
    (next) => async (sent) => {
      if (!frames.has(client)) frames.set(client, await frameOf(client, sent.request as HttpRequest));
      return next(sent);
    },
    // The last step before a request is sent.
    { step: 'deserialize', priority: 'low', name: 'learnFrame' },
  );
}

async function frameOf(client: DynamoDBClient, request: HttpRequest): Promise<Frame> {
  const { method, protocol, hostname, port, path, headers } = request;
  return {
    ...{ method, protocol, hostname, path, ...(port === undefined ? {} : { port }) },
    headers: Object.fromEntries(
      ['host', 'content-type', 'user-agent'].flatMap((name) => {
        const value = headers[name];
        return value === undefined ? [] : [[name, value]];
      }),
    ),
    signer: await client.config.signer(),
  };
}

/** A signed request; undefined before the client has sent one by a command. */
export async function signedRequest(
  client: DynamoDBClient,
  operation: Operation,
  input: object,
): Promise<HttpRequest | undefined> {
  const frame = frames.get(client);
  if (frame === undefined) return undefined;
  const { signer, ...rest } = frame;
  const body = JSON.stringify(input);
  const request = {
    ...rest,
    headers: {
      ...rest.headers,
      'x-amz-target': `DynamoDB_20120810.${operation}`,
      'content-length': String(Buffer.byteLength(body)),
    },
    query: {},
    body,
  };
  return signer.sign(request);
}

/** Sends a signed request; undefined when what comes back is not for us to understand. */
export async function deliver(
  client: DynamoDBClient,
  request: HttpRequest,
  options: HttpHandlerOptions,
): Promise<Answered | undefined> {
  const { response } = (await client.config.requestHandler.handle(request as never, options)) as {
    response: HttpResponse;
  };
  const answer = JSON.parse(await text(response.body as AsyncIterable<Uint8Array>)) as Answer;
  if (response.statusCode === 200) return { item: answer.Item ?? answer.Attributes };
  return answer.__type?.endsWith('#ConditionalCheckFailedException') === true ? 'unmet' : undefined;
}

type Answer = {
  __type?: string;
  Item?: Record<string, AttributeValue>;
  Attributes?: Record<string, AttributeValue>;
};
