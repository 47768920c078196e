/**
 * Runs one execution of a state machine with the interpreter, its tasks being real invocations of local functions.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { StateMachine } from 'aws-local-stepfunctions';
import type { Invoke } from '../contract.ts';
import { optimizedInvoke, type Prepared } from './definition.ts';

type JsonValue = Parameters<StateMachine['run']>[0];

/** A machine, ready to run. */
export type Machine = {
  name: string;
  arn: string;
  roleArn: string;
  prepared: Prepared;
  interpreter: StateMachine;
};

/** How an execution ended. */
export type Outcome =
  { status: 'SUCCEEDED'; output: string } | { status: 'FAILED' | 'TIMED_OUT'; error: string; cause: string };

/** A running execution; `outcome` stays pending when it was aborted. */
export type Run = { outcome: Promise<Outcome>; abort(): void };

/** Checks the definition; throws when it is not valid Amazon States Language. */
export function createMachine(machine: Omit<Machine, 'interpreter'>): Machine {
  return { ...machine, interpreter: new StateMachine(machine.prepared.definition) };
}

/** Starts an execution from its input. */
export function run(
  machine: Machine,
  execution: { arn: string; name: string; input: string; startMs: number },
  invoke: Invoke,
): Run {
  const stopping = new AbortController();
  const { promise: aborted, resolve: onAborted } = Promise.withResolvers<'aborted'>();
  const abandoned = aborted.then(() => Promise.reject(new Abandoned()));
  abandoned.catch(() => undefined);
  const handlers: Record<string, (input: JsonValue) => Promise<JsonValue>> = {};
  for (const { state, resource } of machine.prepared.tasks) {
    // Without the race a task that never answers would keep the interpreter's timer, and the process, alive.
    handlers[state] = (input) => Promise.race([task(resource, input, invoke), abandoned]);
  }
  for (const state of machine.prepared.waits) handlers[state] = (input) => wait(input, stopping.signal);

  const running = machine.interpreter.run(JSON.parse(execution.input) as JsonValue, {
    overrides: { taskResourceLocalHandlers: handlers },
    context: {
      Execution: { Id: execution.arn, Name: execution.name, RoleArn: machine.roleArn },
      StateMachine: { Id: machine.arn, Name: machine.name },
    },
  });
  const ended = running.result.then(
    (output): Outcome => ({ status: 'SUCCEEDED', output: JSON.stringify(output ?? null) }),
    (error: unknown) => failure(error),
  );
  const outcome = Promise.race([ended, aborted]).then((result) =>
    result === 'aborted' ? new Promise<Outcome>(() => undefined) : result,
  );
  return {
    outcome,
    abort() {
      onAborted('aborted');
      stopping.abort();
      running.abort();
    },
  };
}

/** Ends a task of an aborted execution; the interpreter reads the two flags. */
class Abandoned extends Error {
  readonly isRetryable = false;
  readonly isCatchable = false;
}

async function task(resource: string, input: JsonValue, invoke: Invoke): Promise<JsonValue> {
  if (resource !== optimizedInvoke) return call(resource, input, invoke);
  const { FunctionName, Payload } = input as { FunctionName: string; Payload?: JsonValue };
  const payload = await call(FunctionName, Payload ?? {}, invoke);
  return { ExecutedVersion: '1', Payload: payload, StatusCode: 200 };
}

/** A function's failure becomes an error that Retry and Catch match by its type, as on Step Functions. */
async function call(functionArn: string, payload: JsonValue, invoke: Invoke): Promise<JsonValue> {
  const result = await invoke(functionArn, payload);
  if (result.ok) return result.payload as JsonValue;
  const { errorType, errorMessage } = result;
  const name = errorType === 'TooManyRequestsException' ? `Lambda.${errorType}` : errorType;
  throw Object.assign(new Error(JSON.stringify({ errorType, errorMessage })), { name });
}

type Due = { Seconds?: number; Timestamp?: string; Input: JsonValue };

async function wait(input: JsonValue, signal: AbortSignal): Promise<JsonValue> {
  const { Seconds, Timestamp, Input } = input as Due;
  const dueMs = Timestamp === undefined ? Date.now() + (Seconds ?? 0) * 1000 : Date.parse(Timestamp);
  if (Number.isNaN(dueMs)) {
    throw Object.assign(new Error(`${Timestamp} is not a timestamp`), { name: 'States.Runtime' });
  }
  const dayMs = 86_400_000;
  for (let leftMs = dueMs - Date.now(); leftMs > 0; leftMs = dueMs - Date.now()) {
    await sleep(Math.min(leftMs, dayMs), undefined, { signal });
  }
  return Input;
}

/** The interpreter wraps what went wrong: its cause carries the error's name and text. */
function failure(error: unknown): Outcome {
  const { name, message, cause } = error as Error & { cause?: Error };
  if (name === 'ExecutionTimeoutError')
    return { status: 'TIMED_OUT', error: 'States.Timeout', cause: message };
  return { status: 'FAILED', error: cause?.name ?? name, cause: cause?.message ?? message };
}
