/**
 * Our ways to a model behind Node's own server, each in a process of its own: the client of a provider and nothing
 * else (`ungoverned`), with the account of the call around it (`engine`), or all of `POST /v1/messages` (`governed`).
 * Started with the way, the provider's address and whom calls are made for; tells its port.
 */
import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import type { Context } from 'aws-lambda';
import { proxyEvent } from '#local/gateway/event.ts';
import type { Accounting } from '#shared/ai/accounting.ts';
import { callOps } from '#shared/ai/calls.ops.ts';
import { fromMessages, toMessage, toMessageEvents } from '#shared/ai/compatible/anthropic.ts';
import type { MessagesInput } from '#shared/ai/compatible.contract.ts';
import { completeGoverned, type GovernedCall, streamGoverned } from '#shared/ai/governed.ts';
import { governedEngine } from '#shared/ai/governed-engine.ts';
import { ai } from '#shared/ai/module.ts';
import type { ModelAnswer, ModelEvent, ModelRequest } from '#shared/ai/model-call.ts';
import { anthropic } from '#shared/ai/providers/anthropic.ts';
import { callModels } from '#shared/ai/providers/call-model.ts';
import { chooseModel } from '#shared/ai/routing/choose.ts';
import { mostInputTokens } from '#shared/ai/tokens.ts';
import { type ApiKeyId, type TenantId, uuidOf } from '#shared/contract/ids.ts';
import { eventStreamType, eventText } from '#shared/contract/stream.ts';
import { pool } from '#shared/db/pool.ts';
import { transact } from '#shared/db/transaction.ts';
import { answerStream, pour } from '#shared/middleware/serve-stream.ts';

export type OurWay = 'ungoverned' | 'engine' | 'governed';

/** Whom the calls are made for. */
export type Caller = { tenantId: TenantId; apiKeyId: ApiKeyId };

const [way, upstream = '', caller = '{}'] = process.argv.slice(2);
const { tenantId, apiKeyId } = JSON.parse(caller) as Caller;
const aboutMs = 60_000;
process.on('disconnect', () => process.exit());

const models = callModels({
  providers: { anthropic: anthropic({ apiKey: 'bench', baseUrl: upstream }) },
  region: 'us-east-1',
});

/** One call by a way that knows of no endpoints. */
type Bare = {
  complete: (request: ModelRequest) => Promise<ModelAnswer>;
  stream: (request: ModelRequest) => AsyncIterable<ModelEvent>;
};

const unpaid: Accounting = { before: () => Promise.resolve(), after: () => undefined };
const optionsNow = () => ({
  ...{ signal: new AbortController().signal, deadlineMs: Date.now() + aboutMs },
  requestId: randomUUID(),
});
const ungoverned: Bare = {
  complete: (request) => models.complete(request, optionsNow(), unpaid),
  stream: (request) => models.stream(request, optionsNow(), unpaid),
};
const engine: Bare = {
  complete: async (request) => (await completeGoverned(models, callOf(request), request)).answer,
  stream: (request) => streamGoverned(models, callOf(request), request),
};

function callOf(request: ModelRequest): GovernedCall {
  const requestId = randomUUID();
  const entry = { tenantId: uuidOf(tenantId), userId: uuidOf(apiKeyId), requestId };
  return {
    payer: { id: tenantId, plan: 'enterprise', timeZone: 'UTC' },
    ...{ apiKeyId, feature: 'api', rule: 'bench', requestId },
    transact: (work) => transact(pool(), entry, work),
    log: { info: () => undefined, warn: () => undefined, error: console.error },
    now: () => new Date(),
    inputTokens: mostInputTokens(request),
    deadlineMs: Date.now() + aboutMs,
  };
}

async function bare({ complete, stream }: Bare, asked: IncomingMessage, response: ServerResponse) {
  const input = JSON.parse(await text(asked)) as MessagesInput;
  const request = fromMessages(input);
  if (input.stream !== true) {
    const body = JSON.stringify(toMessage(await complete(request)));
    response.setHeader('content-type', 'application/json').end(body);
    return;
  }
  response.writeHead(200, { 'content-type': eventStreamType });
  for await (const event of toMessageEvents(stream(request))) response.write(eventText(event));
  response.end();
}

const answer = answerStream(ai, callOps(governedEngine(models, chooseModel)));
const api = { id: 'bench', stage: 'bench', binaryMediaTypes: [] };
const context = { getRemainingTimeInMillis: () => aboutMs } as Context;

async function governed(message: IncomingMessage, response: ServerResponse): Promise<void> {
  const path = '/v1/messages';
  const received = { message, path, query: '', requestId: randomUUID(), resource: path, parameters: {} };
  const body = Buffer.from(await text(message));
  const event = proxyEvent({ ...received, body }, api);
  const { statusCode, headers, body: whole, events } = await answer(event, context);
  response.statusCode = statusCode;
  response.setHeaders(new Map(Object.entries(headers as Record<string, string>)));
  if (events === undefined) response.end(whole);
  else await pour(events, response);
}

const ways: Record<OurWay, (asked: IncomingMessage, response: ServerResponse) => Promise<void>> = {
  ungoverned: (asked, response) => bare(ungoverned, asked, response),
  engine: (asked, response) => bare(engine, asked, response),
  governed,
};
const serve = ways[way as OurWay];
const server = createServer((asked, response) => {
  serve(asked, response).catch((error: unknown) => {
    if (!response.headersSent) response.writeHead(500);
    response.end(String(error));
  });
});
server.keepAliveTimeout = 600_000;
server.listen(0, '127.0.0.1', () => process.send?.((server.address() as AddressInfo).port));
