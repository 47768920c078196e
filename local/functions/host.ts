/**
 * The Lambda host: runs the bundled functions of a cell in worker threads, each with its own environment, and
 * answers invocations as Lambda does.
 */
import { AwsError, type Invoke, type Running } from '../parts/contract.ts';
import type { FunctionDefinition } from '../template/functions.ts';
import { bufferedJob, streamedJob, type Job } from './job.ts';
import { openLogs } from './logs.ts';
import { createPool, type Pool, type PoolStats } from './pool.ts';
import { processorHasRoom, watchProcessor } from './processor.ts';
import { readPrelude, type StreamedResponse } from './prelude.ts';
import { payloadLimitBytes } from './protocol.ts';

export { FunctionError } from './job.ts';
export type { StreamedResponse } from './prelude.ts';
export type { FunctionDefinition } from '../template/functions.ts';

/** What the host needs to run functions; all but the first three have Lambda's defaults. */
export type FunctionsOptions = {
  functions: FunctionDefinition[];
  /** What the runtime adds to the function's own variables: endpoints and credentials. */
  environment(definition: FunctionDefinition): Record<string, string>;
  /** The state folder; logs go to `logs/<function>.log` below it. */
  state: string;
  /** Also receives everything functions print. */
  log?(functionName: string, text: string): void;
  maximumInstances?: number;
  maximumQueued?: number;
  idleMs?: number;
  initTimeoutMs?: number;
  /** Whether the processor has room for one more instance; otherwise invocations wait for those that run. */
  hasRoom?: () => boolean;
};

/** The running functions. */
export type Functions = Running & {
  invoke: Invoke;
  /** Invokes a function that streams an HTTP response; rejects with {@link FunctionError} when it fails first. */
  invokeStream: (functionArnOrName: string, event: unknown) => Promise<StreamedResponse>;
  /** From now on invocations run the given code; running ones finish on the old. */
  replace(definitions: FunctionDefinition[]): Promise<void>;
  /** Ends every instance of a function at once, whatever it is doing, as a host that dies does. */
  crash(functionArnOrName: string): Promise<void>;
  stats(): Record<string, PoolStats>;
};

/** Makes functions invocable; their instances start on demand. */
export function startFunctions(options: FunctionsOptions): Functions {
  const logs = openLogs(options.state);
  const hosted = new Map<string, { definition: FunctionDefinition; fingerprint: string; pool: Pool }>();
  const retired = new Set<Promise<void>>();
  const retiredPools = new Set<Pool>();

  const install = (definition: FunctionDefinition): Job[] => {
    const environment = environmentOf(definition, options.environment(definition));
    const fingerprint = JSON.stringify([definition, environment]);
    const present = hosted.get(definition.name);
    if (present?.fingerprint === fingerprint) return [];
    const pool = createPool(definition, {
      environment,
      maximumInstances: options.maximumInstances ?? 8,
      maximumQueued: options.maximumQueued ?? 1000,
      idleMs: options.idleMs ?? 300_000,
      initTimeoutMs: options.initTimeoutMs ?? 10_000,
      hasRoom: options.hasRoom ?? processorHasRoom,
      print: (text) => {
        logs.write(definition.name, text);
        options.log?.(definition.name, text);
      },
    });
    hosted.set(definition.name, { definition, fingerprint, pool });
    return present === undefined ? [] : retire(present.pool);
  };

  const retire = (pool: Pool): Job[] => {
    const { waiting, done } = pool.drain();
    retiredPools.add(pool);
    const gone = done.then(() => {
      retiredPools.delete(pool);
      retired.delete(gone);
    });
    retired.add(gone);
    return waiting;
  };

  const known = (functionArnOrName: string) => {
    const [name, qualifier] = nameOf(functionArnOrName);
    const found = hosted.get(name);
    if (found === undefined) {
      throw new AwsError('ResourceNotFoundException', `Function not found: ${functionArnOrName}`, 404);
    }
    return { ...found, qualifier };
  };

  const find = (functionArnOrName: string, event: unknown) => {
    const { qualifier, ...found } = known(functionArnOrName);
    const text = JSON.stringify(event) ?? 'null';
    if (Buffer.byteLength(text) > payloadLimitBytes) {
      throw new AwsError('RequestTooLargeException', 'Request must be smaller than 6291456 bytes', 413);
    }
    const arn = qualifier === undefined ? found.definition.arn : `${found.definition.arn}:${qualifier}`;
    return { pool: found.pool, text, arn };
  };

  const unwatch = watchProcessor();
  options.functions.forEach(install);

  return {
    async invoke(functionArnOrName, event) {
      const { pool, text, arn } = find(functionArnOrName, event);
      const { job, result } = bufferedJob(text, arn);
      pool.submit(job);
      return result;
    },
    async invokeStream(functionArnOrName, event) {
      const { pool, text, arn } = find(functionArnOrName, event);
      const { job, stream } = streamedJob(text, arn);
      pool.submit(job);
      return readPrelude(stream);
    },
    async replace(definitions) {
      const kept = new Set(definitions.map((definition) => definition.name));
      for (const [name, { pool }] of hosted) {
        if (kept.has(name)) continue;
        hosted.delete(name);
        const gone = { errorType: 'ResourceNotFoundException', errorMessage: `Function not found: ${name}` };
        retire(pool).forEach((job) => job.fail(gone));
      }
      for (const definition of definitions) {
        for (const job of install(definition)) hosted.get(definition.name)?.pool.submit(job);
      }
    },
    crash: (functionArnOrName) => known(functionArnOrName).pool.kill(),
    stats: () => Object.fromEntries([...hosted].map(([name, { pool }]) => [name, pool.stats()])),
    async stop() {
      unwatch();
      const pools = [...retiredPools, ...[...hosted.values()].map(({ pool }) => pool)];
      hosted.clear();
      await Promise.all(pools.map((pool) => pool.kill()));
      await Promise.all(retired);
      logs.close();
    },
  };
}

/** Name and qualifier, from `arn:aws:lambda:R:A:function:NAME:QUALIFIER`, `NAME:QUALIFIER` or `NAME`. */
function nameOf(functionArnOrName: string): [name: string, qualifier: string | undefined] {
  const [name = '', qualifier] = functionArnOrName.replace(/^.*?function:/, '').split(':');
  return [name, qualifier];
}

function environmentOf(
  definition: FunctionDefinition,
  added: Record<string, string>,
): Record<string, string> {
  return {
    AWS_REGION: definition.region,
    AWS_DEFAULT_REGION: definition.region,
    AWS_EXECUTION_ENV: 'AWS_Lambda_nodejs24.x',
    AWS_LAMBDA_FUNCTION_NAME: definition.name,
    AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(definition.memoryMb),
    AWS_LAMBDA_FUNCTION_VERSION: '1',
    AWS_LAMBDA_INITIALIZATION_TYPE: 'on-demand',
    AWS_LAMBDA_LOG_GROUP_NAME: definition.logGroup,
    AWS_LAMBDA_LOG_STREAM_NAME: 'local',
    LAMBDA_TASK_ROOT: definition.codeFolder,
    _HANDLER: definition.handler,
    ...definition.environment,
    ...added,
  };
}
