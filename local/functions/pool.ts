/**
 * The instances of one version of one function. As on Lambda an instance serves one invocation at a time, more are
 * started while invocations wait, and each ends when it was idle for long, timed out, or crashed. But here they share
 * the cores of one machine: if every invocation that waits started one, all would wait for the starts, and each would
 * run code that is never warm. So a start has to be worth it, few start at once, and while the processor has no room
 * none does as long as those that run get on.
 */
import { availableParallelism } from 'node:os';
import type { FunctionDefinition } from '../template/functions.ts';
import type { Job } from './job.ts';
import type { FromInstance, ReportedError } from './protocol.ts';
import { type InstanceWorker, startWorker } from './worker.ts';

/** How a pool behaves; times in milliseconds. */
export type PoolOptions = {
  environment: Record<string, string>;
  maximumInstances: number;
  maximumQueued: number;
  idleMs: number;
  initTimeoutMs: number;
  /** Whether the processor has room for one more instance. */
  hasRoom(): boolean;
  print: (text: string) => void;
};

/** What a pool has done and is doing. */
export type PoolStats = {
  instances: number;
  busy: number;
  queued: number;
  started: number;
  invocations: number;
  errors: number;
  timeouts: number;
  throttles: number;
  /** Of instances that are processes of their own. */
  pids: number[];
};

/** Runs jobs on instances of a function. */
export type Pool = {
  submit(job: Job): void;
  stats(): PoolStats;
  /** Takes no more work and resolves when the last running invocation is over; gives back what was waiting. */
  drain(): { waiting: Job[]; done: Promise<void> };
  /** Ends every instance at once. */
  kill(): Promise<void>;
};

type Instance = {
  worker: InstanceWorker;
  ready: boolean;
  job?: Job;
  /** Counts invocations, so that a late message of an earlier one is recognised. */
  turn: number;
  timer?: NodeJS.Timeout;
  /** Set when the host itself ends the instance: its exit is then not a crash. */
  ending: boolean;
};

/** One core stays with those that run. */
const startsAtOnce = Math.max(1, availableParallelism() - 1);
/** To start one takes longer than most invocations do: whoever waits no longer than this is served sooner by another. */
const worthItMs = 100;
/** When nobody was done for this long, those that run may all be waiting for the one that does not. */
const stuckMs = 1_000;
const lookAgainMs = 25;

export function createPool(definition: FunctionDefinition, options: PoolOptions): Pool {
  const instances = new Set<Instance>();
  const waiting: Job[] = [];
  const waitingSince = new WeakMap<Job, number>();
  let lookAgain: NodeJS.Timeout | undefined;
  let lastDone = 0;
  const counts = { started: 0, invocations: 0, errors: 0, timeouts: 0, throttles: 0 };
  const maximum = Math.min(definition.reservedConcurrency ?? Infinity, options.maximumInstances);
  let draining: PromiseWithResolvers<void> | undefined;

  const idle = () => [...instances].filter((i) => i.ready && i.job === undefined && !i.ending);

  const dispatch = (): void => {
    // The most recently used instance first, so that the others can fall idle and end.
    for (const instance of idle().reverse()) {
      const job = waiting.shift();
      if (job === undefined) break;
      start(instance, job);
    }
    const starting = [...instances].filter((instance) => !instance.ready).length;
    const wanted = Math.min(waiting.length, startsAtOnce);
    for (let more = wanted - starting; more > 0 && instances.size < maximum; more -= 1) {
      if (mayStart()) spawn();
      else lookAgain ??= setTimeout(lookNow, lookAgainMs).unref();
    }
    if (draining !== undefined) idle().forEach((instance) => void end(instance));
    if (draining !== undefined && instances.size === 0) draining.resolve();
  };

  const mayStart = (): boolean => {
    if (instances.size === 0) return true;
    const [first] = waiting;
    const since = first === undefined ? Infinity : (waitingSince.get(first) ?? 0);
    if (Date.now() - since < worthItMs) return false;
    return options.hasRoom() || Date.now() - Math.max(since, lastDone) >= stuckMs;
  };

  const lookNow = (): void => {
    lookAgain = undefined;
    dispatch();
  };

  const start = (instance: Instance, job: Job): void => {
    clearTimeout(instance.timer);
    instance.job = job;
    instance.turn += 1;
    counts.invocations += 1;
    // Keeps the set in order of use.
    instances.delete(instance);
    instances.add(instance);
    instance.timer = setTimeout(() => timedOut(instance), definition.timeoutMs);
    const { event, requestId, traceId, invokedFunctionArn } = job;
    const deadlineMs = Date.now() + definition.timeoutMs;
    instance.worker.send({
      ...{ kind: 'invoke', id: instance.turn, event, deadlineMs, requestId, traceId, invokedFunctionArn },
    });
  };

  const finish = (instance: Instance): Job | undefined => {
    clearTimeout(instance.timer);
    lastDone = Date.now();
    const { job } = instance;
    delete instance.job;
    instance.timer = setTimeout(() => void end(instance), options.idleMs).unref();
    return job;
  };

  const fail = (job: Job | undefined, errorType: string, errorMessage: string): void => {
    if (job === undefined) return;
    counts.errors += 1;
    job.fail({ errorType, errorMessage: `RequestId: ${job.requestId} Error: ${errorMessage}` });
  };

  const timedOut = (instance: Instance): void => {
    const { job } = instance;
    delete instance.job;
    counts.timeouts += 1;
    const message = `Task timed out after ${(definition.timeoutMs / 1000).toFixed(2)} seconds`;
    options.print(`${new Date().toISOString()} ${job?.requestId ?? ''} ${message}\n`);
    fail(job, 'Sandbox.Timedout', message);
    void end(instance);
  };

  /** Ends an instance on purpose; what it was doing is dropped. */
  const end = async (instance: Instance): Promise<void> => {
    instance.ending = true;
    clearTimeout(instance.timer);
    await instance.worker.end();
  };

  /** An instance that cannot be loaded fails one waiting invocation, which is why it was started. */
  const broken = (instance: Instance, error: Pick<ReportedError, 'errorType' | 'errorMessage'>): void => {
    options.print(`${new Date().toISOString()}\tERROR\tInit Error\t${JSON.stringify(error)}\n`);
    const job = waiting.shift();
    if (job !== undefined) {
      counts.errors += 1;
      counts.invocations += 1;
      job.fail(error);
    }
    void end(instance);
  };

  const spawn = (): void => {
    const worker = startWorker(definition, options.environment, {
      message: (message) => receive(instance, message),
      print: options.print,
      exit: (how) => exited(instance, how),
    });
    const instance: Instance = { worker, ready: false, turn: 0, ending: false };
    instances.add(instance);
    counts.started += 1;
    const initSeconds = (options.initTimeoutMs / 1000).toFixed(2);
    instance.timer = setTimeout(
      () =>
        broken(instance, {
          errorType: 'Sandbox.Timedout',
          errorMessage: `Init timed out after ${initSeconds} seconds`,
        }),
      options.initTimeoutMs,
    );
  };

  const exited = (instance: Instance, how: string): void => {
    instances.delete(instance);
    clearTimeout(instance.timer);
    if (!instance.ending) {
      const job = instance.ready ? instance.job : waiting.shift();
      fail(job, 'Runtime.ExitError', `Runtime exited with error: ${how}`);
    } else if (instance.job !== undefined) {
      fail(instance.job, 'Runtime.ExitError', 'The function was stopped');
    }
    dispatch();
  };

  const receive = (instance: Instance, message: FromInstance): void => {
    if (instance.ending) return;
    if (message.kind === 'ready') {
      instance.ready = true;
      finish(instance);
      dispatch();
      return;
    }
    if (message.kind === 'broken') return broken(instance, message.error);
    if (message.id !== instance.turn || instance.job === undefined) return;
    if (message.kind === 'chunk') {
      const { id } = message;
      instance.job.chunk(message.bytes, () => instance.worker.send({ kind: 'continue', id }));
      return;
    }
    const job = finish(instance);
    if (message.kind === 'done') job?.succeed(message.payload);
    if (message.kind === 'streamed') job?.end();
    if (message.kind === 'failed') {
      counts.errors += 1;
      job?.fail(message.error);
    }
    dispatch();
  };

  return {
    submit(job) {
      if (maximum === 0 || waiting.length >= options.maximumQueued) {
        counts.throttles += 1;
        job.fail({ errorType: 'TooManyRequestsException', errorMessage: 'Rate Exceeded.' });
        return;
      }
      waiting.push(job);
      waitingSince.set(job, Date.now());
      dispatch();
    },
    stats: () => ({
      ...counts,
      instances: instances.size,
      busy: [...instances].filter((instance) => instance.job !== undefined).length,
      queued: waiting.length,
      pids: [...instances].flatMap(({ worker: { pid } }) => pid ?? []),
    }),
    drain() {
      draining ??= Promise.withResolvers();
      const left = waiting.splice(0);
      dispatch();
      return { waiting: left, done: draining.promise };
    },
    async kill() {
      waiting.splice(0).forEach((job) => fail(job, 'Runtime.ExitError', 'The function was stopped'));
      await Promise.all([...instances].map(end));
    },
  };
}
