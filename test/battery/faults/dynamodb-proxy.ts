/**
 * Takes the place of a stack's DynamoDB, on its port and with its data, and refuses calls as told: the local one
 * never throttles, and never closes a connection in the middle of a call.
 */
import { createServer, type IncomingMessage, request as httpRequest, type ServerResponse } from 'node:http';
import { startDynamoDb } from '#local/parts/dynamodb/dynamodb.ts';
import { localAccount } from '#local/template/facts.ts';
import type { WholeStack } from '#test/support/whole-stack.ts';
import { childOf, end, portOf } from './processes.ts';

export type DynamoDbProxy = {
  /** `throttles` answers what DynamoDB answers above its capacity; `breaks` closes the connection. */
  mode: 'passes' | 'throttles' | 'breaks';
  /** Calls that were refused so far. */
  throttled: number;
  stop(): Promise<void>;
};

/** Ends the stack's own DynamoDB and serves in its place. */
export async function replaceDynamoDb({
  pid,
  state,
}: Pick<WholeStack, 'pid' | 'state'>): Promise<DynamoDbProxy> {
  const child = childOf(pid, 'parts/dynamodb/child.ts');
  const port = portOf(child);
  await end(child, 'SIGKILL');
  const place = { state, region: 'us-east-1', accountId: localAccount, log: () => undefined };
  const dynamodb = await startDynamoDb(place);
  const server = createServer((request, response) => {
    if (proxy.mode === 'breaks') request.socket.destroy();
    else if (proxy.mode === 'throttles') {
      proxy.throttled += 1;
      throttle(request, response);
    } else pass(dynamodb.port, request, response);
  });
  const proxy: DynamoDbProxy = {
    mode: 'passes',
    throttled: 0,
    stop: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      await dynamodb.stop();
    },
  };
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  return proxy;
}

function throttle(request: IncomingMessage, response: ServerResponse): void {
  request.resume();
  response.writeHead(400, { 'content-type': 'application/x-amz-json-1.0' });
  response.end(
    JSON.stringify({
      __type: 'com.amazonaws.dynamodb.v20120810#ProvisionedThroughputExceededException',
      message: 'The level of configured provisioned throughput for the table was exceeded.',
    }),
  );
}

function pass(port: number, request: IncomingMessage, response: ServerResponse): void {
  const { method, url: path, headers } = request;
  const onward = httpRequest({ host: '127.0.0.1', port, method, path, headers }, (answer) => {
    response.writeHead(answer.statusCode ?? 502, answer.headers);
    answer.pipe(response);
  });
  onward.on('error', () => response.destroy());
  request.pipe(onward);
}
