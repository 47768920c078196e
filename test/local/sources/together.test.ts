/** A synthesized CDK app, hosted: requests, messages, events and deployment triggers have their effects. */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { startFunctions, type Functions } from '#local/functions/host.ts';
import { gateway } from '#local/gateway/gateway.ts';
import { startEvents } from '#local/parts/events/events.ts';
import type { PartHandler, Running } from '#local/parts/contract.ts';
import { startStates } from '#local/parts/states/states.ts';
import { runCustomResources } from '#local/sources/custom.ts';
import { startDelivery } from '#local/sources/deliver.ts';
import { adminCredentials, startEventSources } from '#local/sources/queue.ts';
import * as read from '#local/template/readers.ts';
import { startStack, region, accountId, type Stack } from '../front/stack.ts';
import { facts } from '../template/facts.ts';
import { synthesizeSmallApp } from './small-app.ts';

let stack: Stack;
let functions: Functions;
let server: Server;
let cell: read.Cell;
const parts: Running[] = [];
const printed: string[] = [];
const log = (line: string) => void printed.push(line);
/** What functions printed, apart: it comes from their threads, a moment after what the runtime says. */
const said: string[] = [];

beforeAll(async () => {
  // Events need the delivery, which needs the front, which needs the handler: it is filled in last.
  let events: PartHandler = () => Promise.reject(new Error('not started'));
  stack = await startStack(undefined, { handlers: { events: (call) => events(call) } });
  cell = read.readCell(synthesizeSmallApp(), { ...facts, awsUrl: stack.front.url });
  await stack.queues.ensureQueues(
    read
      .ofType(cell, 'AWS::SQS::Queue')
      .map(({ attributes, properties }) => ({ name: String(attributes.QueueName), properties })),
  );
  functions = startFunctions({
    functions: read.functions(cell),
    environment: () => ({}),
    state: stack.state,
    log: (_name, text) => {
      said.push(text);
      log(text);
    },
  });
  const { invoke } = functions;
  const endpoint = stack.front.url;
  const states = startStates({ machines: read.stateMachines(cell), invoke, state: stack.state, log });
  const delivery = startDelivery({ endpoint, invoke, startExecution: states.startExecution, log });
  const bus = startEvents({
    ...{ state: stack.state, region, accountId, buses: read.eventBuses(cell), rules: read.rules(cell) },
    ...{ deliver: delivery.deliver, deadLetter: delivery.deadLetter, log },
  });
  events = bus.handler;
  await runCustomResources({ resources: read.customResources(cell), invoke, log });
  const pollers = startEventSources({ mappings: read.eventSourceMappings(cell), endpoint, invoke, log });
  parts.push(pollers, bus, delivery, states, functions);

  const [api] = read.restApis(cell);
  const handler = gateway({ ...functions, body: api?.body ?? {}, stage: api?.stage ?? '', log });
  server = createServer((req, res) => void handler(req, res)).listen(0, '127.0.0.1');
  await once(server, 'listening');
});
afterAll(async () => {
  server.closeAllConnections();
  server.close();
  for (const part of parts) await part.stop();
  await stack.stop();
});

async function untilPrinted(text: string): Promise<string> {
  for (const end = Date.now() + 10_000; Date.now() < end; await sleep(20)) {
    const line = printed.find((candidate) => candidate.includes(text));
    if (line !== undefined) return line;
  }
  throw new Error(`${text} was not printed, but:\n${printed.join('\n')}`);
}

test('the trigger ran before anything else', async () => {
  await untilPrinted('migrated');
  expect(said[0]).toContain('migrated');
});

test('[ARC-2] a request reaches the function through its alias, with the queue it may know', async () => {
  const reply = await fetch(`http://127.0.0.1:${(server.address() as AddressInfo).port}/things/a%20b`);
  expect(reply.status).toBe(200);
  expect(await reply.json()).toEqual([read.queues(cell)[0]?.url, 'a b']);
});

test('[ARC-2] an event starts the state machine and becomes a message', async () => {
  const client = new EventBridgeClient({ endpoint: stack.front.url, region, credentials: adminCredentials });
  const Detail = JSON.stringify({ id: 'seven' });
  await client.send(new PutEventsCommand({ Entries: [{ Source: 'test', DetailType: 'wanted', Detail }] }));
  client.destroy();
  expect(await untilPrinted('worked on')).toContain('"detail":{"id":"seven"}');
  const step = await untilPrinted('step {');
  expect(step).toMatch(/"id":"seven"/);
  expect(step).toMatch(/"nested":\{"name":"[0-9a-f-]{36}"\}/);
});
