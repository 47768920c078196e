/**
 * The innermost step of an endpoint with `streams`: the operation runs outside of any transaction, between two short
 * ones. The first claims the Idempotency-Key, the second writes the audit row, what was published, and that the call
 * was made. Between them no connection is held, however long a model takes to answer.
 */
import type { LongContext } from '../contract/context.ts';
import { errorEvent } from '../contract/dialect.ts';
import { type EventStream, eventStreamType, eventText, isEventStream } from '../contract/stream.ts';
import { pool } from '../db/pool.ts';
import { type OpenTransaction, transact } from '../db/transaction.ts';
import type { ApiContext, ApiEvent, ApiResult, Exchange } from './exchange.ts';
import { claimForLong, claimOf, giveBackClaim, keepAnswer } from './idempotency.ts';
import { type AnyOperation, contextOf, entryOf, insideOf, outputOf, usesOf } from './operation.ts';
import { asFailure, dialectFor, report, trackFailure } from './problem-json.ts';
import { collectRecords } from './records.ts';
import { respond, responseHeaders } from './respond.ts';
import { sessionNotesOf } from './session-note.ts';
import { wakeDispatcher } from './wake-dispatcher.ts';

/** An answer, with its events where it comes in pieces; they are read to their end or told to return. */
export type LongResult = ApiResult & { events?: AsyncIterable<string> };

/** How long each of the short transactions may take. */
const transactionMs = 2_000;

/** The handler at the heart of the chain. */
export function longOperation(run: AnyOperation) {
  return async (event: ApiEvent, context: ApiContext): Promise<LongResult> => {
    const { exchange } = context;
    const call = await begin(event, context);
    let events: Opened | undefined;
    try {
      const output = await run(call.ctx as never, exchange.input as never);
      if (!isEventStream(output)) return await inOnePiece(event, exchange, call, output);
      // Until the first event is there the answer may still be an error with a status of its own.
      events = await open(output);
    } catch (error) {
      if (!call.ended()) await call.undo();
      throw error;
    }
    return {
      statusCode: exchange.called.endpoint.status,
      headers: { ...responseHeaders(event, exchange), 'content-type': eventStreamType },
      body: '',
      events: inPieces(event, exchange, call, events),
    };
  };
}

/** A call between its two transactions. */
type Call = {
  ctx: LongContext;
  /** Writes what the call leaves behind. */
  end(): Promise<void>;
  ended(): boolean;
  /** Gives the key back: the call came to nothing. */
  undo(): Promise<void>;
};

async function begin(event: ApiEvent, context: ApiContext): Promise<Call> {
  const { exchange } = context;
  const claimed = claimOf(event, exchange);
  const records = collectRecords(event, exchange);
  const notes = sessionNotesOf(event, exchange);
  const short = <T>(work: (tx: OpenTransaction) => Promise<T>): Promise<T> =>
    transact(pool(), { ...entryOf(exchange), deadlineMs: Date.now() + transactionMs }, work);
  if (claimed !== undefined) await short((tx) => claimForLong(tx, claimed));
  let ended = false;
  return {
    ctx: {
      ...(contextOf(exchange, undefined, records) as Omit<LongContext, 'transact' | 'deadlineMs'>),
      transact: (work) => short((tx) => work({ ...insideOf(tx), last: tx.last })),
      deadlineMs: Date.now() + context.getRemainingTimeInMillis(),
    },
    ended: () => ended,
    end: async () => {
      ended = true;
      const statements = [
        ...notes.map(({ statement }) => statement),
        ...records.statements(),
        ...usesOf(exchange),
        ...(claimed === undefined ? [] : [keepAnswer(claimed, exchange.called.endpoint.status, undefined)]),
      ];
      if (statements.length === 0) return;
      await short(async (tx) => statements.forEach((statement) => tx.record(statement)));
      for (const note of notes) note.written();
      if (records.published()) await wakeDispatcher(exchange.log);
    },
    undo: async () => {
      if (claimed === undefined) return;
      // Where this fails the key says in flight, and later that nobody knows: never that the call was not made.
      await short(async (tx) => tx.record(giveBackClaim(claimed))).catch((error: unknown) =>
        report(exchange, asFailure(error), error),
      );
    },
  };
}

async function inOnePiece(
  event: ApiEvent,
  exchange: Exchange,
  call: Call,
  output: unknown,
): Promise<LongResult> {
  // Whatever fails from here on, the call was made: its key stays taken.
  await call.end();
  return respond(event, exchange, exchange.called.endpoint.status, outputOf(exchange, output));
}

/** A stream of which the first event is there. */
type Opened = { first: IteratorResult<unknown>; rest: AsyncIterator<unknown> };

async function open(stream: EventStream): Promise<Opened> {
  const rest = stream[Symbol.asyncIterator]();
  return { first: await rest.next(), rest };
}

/** The events as text. Whether the reader stays or leaves, the operation ends and leaves behind what it must. */
async function* inPieces(
  event: ApiEvent,
  exchange: Exchange,
  call: Call,
  { first, rest }: Opened,
): AsyncGenerator<string> {
  const say = async (error: unknown): Promise<string> => {
    const failure = asFailure(error);
    report(exchange, failure, error);
    await trackFailure(exchange, failure);
    return eventText(errorEvent(dialectFor(event, exchange), failure, exchange.requestId));
  };
  let reading = true;
  try {
    for (let next = first; next.done !== true; next = await rest.next()) {
      yield eventText(next.value as Parameters<typeof eventText>[0]);
    }
    reading = false;
  } catch (error) {
    reading = false;
    yield await say(error);
  } finally {
    if (reading) await rest.return?.();
    try {
      await call.end();
    } catch (error) {
      if (!reading) yield await say(error);
      else report(exchange, asFailure(error), error);
    }
    exchange.log.info('stream', {
      durationMs: Date.now() - exchange.startedAt.getTime(),
      ...(reading ? { readerLeft: true } : {}),
    });
  }
}
