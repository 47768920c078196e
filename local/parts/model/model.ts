/**
 * The model provider on a laptop: the Messages API (and in small Chat Completions, embeddings and Bedrock's calls)
 * with answers that mean nothing, but with usage, caches, errors and an invoice that do. Whoever tests says how it
 * behaves: by a mark in the prompt, `<<model: {"status":529,"times":1}>>`, or at `/admin`.
 */
import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Running } from '../contract.ts';
import { type Behaviour, type Behaviours, behaviours, type Shares } from './behaviour.ts';
import { countText, piecesOf, sum } from './counting.ts';
import { chatChunks, chatCompletion, message, messageEvents, type Out } from './dialects.ts';
import { bedrockFrame, sse } from './frames.ts';
import { charge, type InvoiceLine } from './invoice.ts';
import {
  type Complaint,
  type Desk,
  isComplaint,
  type Job,
  type Order,
  readChat,
  readMessages,
  take,
} from './job.ts';
import { promptCache } from './keeping.ts';

export type ModelPart = Running & {
  url: string;
  behaviours: Behaviours;
  /** What was charged so far, oldest first. */
  invoice(): readonly InvoiceLine[];
  /** Forgets the invoice, what was kept and how to behave. */
  reset(seed?: string): void;
};

export type ModelOptions = { port?: number; seed?: string; now?: () => number };

/** Starts the provider on a loopback port, any by default. */
export async function startModel({ port = 0, seed, now = Date.now }: ModelOptions = {}): Promise<ModelPart> {
  const desk: Desk = { behaviours: behaviours(seed), cache: promptCache(now), invoice: [] };
  const reset = (newSeed?: string): void => {
    desk.behaviours.reset(newSeed);
    desk.cache.clear();
    desk.invoice.length = 0;
  };
  const server = createServer((request, response) => {
    answer(request, response, desk, reset).catch((error: unknown) => {
      if (response.headersSent) response.destroy();
      else json(response, 500, { type: 'error', error: { type: 'api_error', message: String(error) } });
    });
  });
  server.keepAliveTimeout = 60_000;
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', resolve);
  });
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    behaviours: desk.behaviours,
    invoice: () => desk.invoice,
    reset,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

type Body = Record<string, unknown>;

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  desk: Desk,
  reset: (seed?: string) => void,
): Promise<void> {
  const path = new URL(request.url ?? '/', 'http://local').pathname;
  const body = await read(request);
  const more = {
    model: String(body.model),
    owner: createHash('sha256')
      .update(String(request.headers['x-api-key'] ?? request.headers.authorization ?? ''))
      .digest('hex'),
    requestId: String(request.headers['x-client-request-id'] ?? ''),
  };
  const onBedrock = /^\/model\/([^/]+)\/(invoke|invoke-with-response-stream)$/.exec(path);
  if (path === '/v1/messages') {
    await serve(response, desk, readMessages(body, more), 'messages');
  } else if (path === '/v1/messages/count_tokens') {
    json(response, 200, { input_tokens: sum(piecesOf(body)) });
  } else if (path === '/v1/chat/completions') {
    await serve(response, desk, readChat(body, more), 'chat');
  } else if (path === '/v1/embeddings') {
    embed(response, desk, { ...more, input: [body.input].flat().map(String) });
  } else if (onBedrock !== null) {
    const model = decodeURIComponent(onBedrock[1] ?? '');
    if ('inputText' in body) return titan(response, desk, { ...more, model, text: String(body.inputText) });
    const order = readMessages(
      { ...body, stream: onBedrock[2] !== 'invoke' },
      { ...more, model, owner: 'role' },
    );
    await serve(response, desk, order, 'bedrock');
  } else if (path === '/admin/behaviour') {
    const { queue = [], shares } = body as { queue?: Behaviour[]; shares?: Shares };
    desk.behaviours.queue(...queue);
    if (shares !== undefined) desk.behaviours.share(shares);
    json(response, 200, {});
  } else if (path === '/admin/reset') {
    reset(typeof body.seed === 'string' ? body.seed : undefined);
    json(response, 200, {});
  } else if (path === '/admin/invoice') {
    const lines = desk.invoice.map((line) => ({ ...line, picoDollars: String(line.picoDollars) }));
    const total = desk.invoice.reduce((so_far, { picoDollars }) => so_far + picoDollars, 0n);
    json(response, 200, { lines, totalPicoDollars: String(total) });
  } else {
    json(response, 404, { type: 'error', error: { type: 'not_found_error', message: 'Not found' } });
  }
}

type Dialect = 'messages' | 'chat' | 'bedrock';

async function serve(
  response: ServerResponse,
  desk: Desk,
  read: Order | Complaint,
  dialect: Dialect,
): Promise<void> {
  const job = 'pieces' in read ? take(desk, read) : read;
  if (isComplaint(job)) return complain(response, job, dialect);
  const { behaviour, order, written } = job;
  // Somebody who does not wait is charged like somebody who does.
  if (!order.stream) job.bill(written.outputTokens, 'complete');
  if (behaviour.slowMs !== undefined) await waitFor(response, behaviour.slowMs);
  if (order.stream) return pour(response, job, dialect);
  if (behaviour.cutAfter !== undefined) response.destroy();
  else json(response, 200, dialect === 'chat' ? chatCompletion(job) : message(job), { 'request-id': job.id });
}

/** In pieces. What went out is charged, also when nobody is left to read it. */
async function pour(response: ServerResponse, job: Job, dialect: Dialect): Promise<void> {
  const { cutAfter, paceMs } = job.behaviour;
  const outs: Iterable<Out> = dialect === 'chat' ? chatChunks(job) : messageEvents(job);
  const type = dialect === 'bedrock' ? 'application/vnd.amazon.eventstream' : 'text/event-stream';
  let [tokens, sent] = [0, 0];
  response.on('close', () => job.bill(tokens, 'left'));
  if (response.destroyed) return job.bill(tokens, 'left');
  response.writeHead(200, { 'content-type': type, 'request-id': job.id, 'cache-control': 'no-cache' });
  for (const out of outs) {
    if (response.destroyed) return;
    if (cutAfter !== undefined && sent === cutAfter) {
      job.bill(tokens, 'cut');
      // What was written has to be on its way before the connection ends.
      await new Promise<void>((resolve) => response.write('', () => resolve()));
      response.destroy();
      return;
    }
    tokens += out.tokens;
    sent += 1;
    response.write(dialect === 'bedrock' ? bedrockFrame(out.data) : sse(out.data, out.event));
    if (paceMs !== undefined) await waitFor(response, paceMs);
  }
  job.bill(job.written.outputTokens, 'complete');
  response.end();
}

function embed(
  response: ServerResponse,
  desk: Desk,
  { model, requestId, input }: Body & { input: string[] },
): void {
  const next = desk.behaviours.next(`${String(model)} ${input.join('\n')}`, input.at(-1) ?? '');
  if (next.status !== undefined) {
    return complain(response, { status: next.status, type: 'error', message: 'error' }, 'chat');
  }
  const tokens = input.reduce((count, text) => count + countText(text), 0);
  bill(desk, String(model), String(requestId), tokens);
  const data = input.map((text, index) => ({ object: 'embedding', index, embedding: vectorOf(text, 1_536) }));
  json(response, 200, {
    object: 'list',
    model,
    data,
    usage: { prompt_tokens: tokens, total_tokens: tokens },
  });
}

function titan(
  response: ServerResponse,
  desk: Desk,
  { model, text, requestId }: Body & { text: string },
): void {
  const tokens = countText(text);
  bill(desk, String(model), String(requestId), tokens);
  json(response, 200, { embedding: vectorOf(text, 1_024), inputTextTokenCount: tokens });
}

function bill({ invoice }: Desk, model: string, requestId: string, input: number): void {
  const usage = { input, output: 0, cacheRead: 0, cacheWrite5m: 0, cacheWrite1h: 0 };
  const id = `emb_${invoice.length}`;
  invoice.push({ id, requestId, model, usage, picoDollars: charge(model, usage), ended: 'complete' });
}

/** A vector of length one that follows from the text: the same words, the same place. */
function vectorOf(text: string, dimensions: number): number[] {
  const vector = new Array<number>(dimensions).fill(0);
  for (const word of text.toLowerCase().split(/\W+/)) {
    const place = createHash('sha256').update(word).digest().readUInt32LE() % dimensions;
    vector[place] = (vector[place] ?? 0) + 1;
  }
  const length = Math.hypot(...vector) || 1;
  return vector.map((value) => value / length);
}

function complain(
  response: ServerResponse,
  { status, type, message: text, retryAfterSeconds }: Complaint,
  dialect: Dialect,
): void {
  const headers = {
    'request-id': `req_${status}`,
    ...(retryAfterSeconds === undefined ? {} : { 'retry-after': String(retryAfterSeconds) }),
  };
  if (dialect === 'messages')
    return json(response, status, { type: 'error', error: { type, message: text } }, headers);
  if (dialect === 'chat')
    return json(response, status, { error: { message: text, type, code: type, param: null } }, headers);
  const name =
    status === 429
      ? 'ThrottlingException'
      : status < 500
        ? 'ValidationException'
        : 'ServiceUnavailableException';
  json(response, status, { message: text }, { ...headers, 'x-amzn-errortype': name });
}

async function waitFor(response: ServerResponse, ms: number): Promise<void> {
  const left = new AbortController();
  const leave = (): void => left.abort();
  response.once('close', leave);
  await sleep(ms, undefined, { signal: left.signal }).catch(() => undefined);
  response.off('close', leave);
}

async function read(request: IncomingMessage): Promise<Body> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return chunks.length === 0 ? {} : (JSON.parse(Buffer.concat(chunks).toString()) as Body);
}

function json(
  response: ServerResponse,
  status: number,
  body: unknown,
  headers: Record<string, string> = {},
): void {
  response.writeHead(status, { ...headers, 'content-type': 'application/json' });
  response.end(JSON.stringify(body));
}
