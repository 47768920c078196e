/**
 * A provider of models that answers every call alike, in one piece or in pieces, after as long as it is told. Started
 * as a process of its own; tells its port, and takes the latency as a message.
 */
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { answerText } from './question.ts';

/** What its process is told. */
export type Mood = { latencyMs: number };

const usage = {
  ...{ input_tokens: 400, output_tokens: 230 },
  ...{ cache_creation_input_tokens: 0, cache_read_input_tokens: 0 },
  cache_creation: { ephemeral_5m_input_tokens: 0, ephemeral_1h_input_tokens: 0 },
};
const head = { id: 'msg_bench', type: 'message', role: 'assistant', model: 'claude-haiku-5-5' };
const whole = JSON.stringify({
  ...{ ...head, content: [{ type: 'text', text: answerText }] },
  ...{ stop_reason: 'end_turn', stop_sequence: null, usage },
});
const pieces = [
  {
    type: 'message_start',
    message: { ...head, content: [], stop_reason: null, stop_sequence: null, usage },
  },
  { type: 'content_block_start', index: 0, content_block: { type: 'text', text: '' } },
  ...(answerText.match(/.{1,50}/g) ?? []).map((text) => ({
    ...{ type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text } },
  })),
  { type: 'content_block_stop', index: 0 },
  {
    type: 'message_delta',
    ...{ delta: { stop_reason: 'end_turn', stop_sequence: null }, usage: { output_tokens: 230 } },
  },
  { type: 'message_stop' },
].map((data) => `event: ${data.type}\ndata: ${JSON.stringify(data)}\n\n`);

let latencyMs = 0;
process.on('message', (mood: Mood) => (latencyMs = mood.latencyMs));
process.on('disconnect', () => process.exit());

const server = createServer((request, response) => {
  const parts: Buffer[] = [];
  request.on('data', (part: Buffer) => parts.push(part));
  request.on('end', () => {
    const inPieces = /"stream":\s*true/.test(Buffer.concat(parts).toString());
    const answer = inPieces ? answerInPieces : answerWhole;
    if (latencyMs === 0) answer(response);
    else setTimeout(answer, latencyMs, response);
  });
});

function answerWhole(response: ServerResponse): void {
  response.writeHead(200, { 'content-type': 'application/json', 'content-length': whole.length });
  response.end(whole);
}

function answerInPieces(response: ServerResponse): void {
  response.writeHead(200, { 'content-type': 'text/event-stream; charset=utf-8' });
  for (const piece of pieces) response.write(piece);
  response.end();
}

// Longer than the bench runs: a connection that is opened anew is not what it measures.
server.keepAliveTimeout = 600_000;
server.listen(0, '127.0.0.1', () => process.send?.((server.address() as AddressInfo).port));
