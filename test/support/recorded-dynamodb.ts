/**
 * A DynamoDB that remembers what it was asked: the local one behind a proxy that notes every call with its start,
 * its end and its capacity, and that can refuse calls. Answers are held back for a moment, so that calls which do
 * not wait for each other really overlap.
 */
import { once } from 'node:events';
import {
  createServer,
  type IncomingHttpHeaders,
  type IncomingMessage,
  request as httpRequest,
} from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';

export type Call = {
  operation: string;
  key: string;
  headers: IncomingHttpHeaders;
  /** Monotonic milliseconds. */
  startedAt: number;
  endedAt: number;
  /** Capacity units that DynamoDB charges for it. */
  units: number;
};

/** What becomes of a call: it passes, finds the connection closed, or is told that the table is too busy. */
export type Fate = 'passes' | 'breaks' | 'throttles';

export type RecordedDynamoDb = {
  port: number;
  /** Calls that were answered, in the order in which they came. */
  calls: readonly Call[];
  /** How many calls had to wait for each other, one after the other. */
  depth(): number;
  /** Forgets what was noted so far. */
  reset(): void;
  /** Decides on every call from now on. */
  decide(fate: (call: Pick<Call, 'operation' | 'key' | 'headers'> & { body: Body }) => Fate): void;
  stop(): Promise<void>;
};

export type Body = { Key?: { pk?: { S?: string } }; UpdateExpression?: string; ConditionExpression?: string };

/** Starts in front of a DynamoDB on this port. */
export async function recordDynamoDb(port: number, heldBackMs = 10): Promise<RecordedDynamoDb> {
  const calls: Call[] = [];
  let fateOf: Parameters<RecordedDynamoDb['decide']>[0] = () => 'passes';
  const server = createServer((request, response) => {
    void (async () => {
      const startedAt = performance.now();
      const body = JSON.parse(await text(request)) as Body;
      const { headers } = request;
      const operation = String(headers['x-amz-target']).split('.')[1] ?? '';
      const call = { operation, key: body.Key?.pk?.S ?? '', headers };
      const fate = fateOf({ ...call, body });
      if (fate === 'breaks') return request.socket.destroy();
      const answer =
        fate === 'throttles' ? busy : await ask(port, headers, { ...body, ReturnConsumedCapacity: 'TOTAL' });
      await sleep(heldBackMs);
      const { ConsumedCapacity } = JSON.parse(answer.body) as { ConsumedCapacity?: Capacity };
      calls.push({ ...call, startedAt, endedAt: performance.now(), units: unitsOf(ConsumedCapacity) });
      response.writeHead(answer.status, { 'content-type': 'application/x-amz-json-1.0' });
      return response.end(answer.body);
    })();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    calls,
    depth: () => longestChain(calls),
    reset: () => void calls.splice(0),
    decide: (fate) => {
      fateOf = fate;
    },
    stop: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

type Answer = { status: number; body: string };

const busy: Answer = {
  status: 400,
  body: JSON.stringify({
    __type: 'com.amazonaws.dynamodb.v20120810#ProvisionedThroughputExceededException',
    message: 'The level of configured provisioned throughput for the table was exceeded.',
  }),
};

async function ask(port: number, headers: IncomingHttpHeaders, body: object): Promise<Answer> {
  const { 'content-length': _length, ...rest } = headers;
  const onward = httpRequest({ host: '127.0.0.1', port, method: 'POST', path: '/', headers: rest });
  onward.end(JSON.stringify(body));
  const [answer] = (await once(onward, 'response')) as [IncomingMessage];
  return { status: answer.statusCode ?? 502, body: await text(answer) };
}

type Capacity = { CapacityUnits?: number };

function unitsOf(capacity: Capacity | undefined): number {
  return capacity?.CapacityUnits ?? 0;
}

/** The most calls of which each began after the one before had ended. */
function longestChain(calls: readonly Call[]): number {
  const lengths: number[] = [];
  const inOrder = calls.toSorted((one, other) => one.startedAt - other.startedAt);
  for (const [index, { startedAt }] of inOrder.entries()) {
    const before = lengths.filter((_length, earlier) => (inOrder[earlier]?.endedAt ?? 0) <= startedAt);
    lengths[index] = 1 + Math.max(0, ...before);
  }
  return Math.max(0, ...lengths);
}
