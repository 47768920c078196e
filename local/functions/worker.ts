/**
 * Where an instance of a function runs: in a thread, which starts soon and shares this process, or in a process of its
 * own, which may die by itself, as workers of state machines do on AWS, and leaves everything else alone.
 */
import { fork } from 'node:child_process';
import { existsSync } from 'node:fs';
import { inspect } from 'node:util';
import { Worker } from 'node:worker_threads';
import type { FunctionDefinition } from '../template/functions.ts';
import type { FromInstance, InstanceData, ToInstance } from './protocol.ts';

/** An instance that was started. */
export type InstanceWorker = {
  /** Of a process of its own. */
  pid: number | undefined;
  send(message: ToInstance): void;
  /** Ends it at once; resolves when it is gone. */
  end(): Promise<void>;
};

/** What an instance makes known. */
export type InstanceEvents = {
  message: (message: FromInstance) => void;
  print: (text: string) => void;
  /** It is gone; `how` says it as Lambda does. */
  exit: (how: string) => void;
};

/** Starts an instance with exactly this environment. */
export function startWorker(
  definition: FunctionDefinition,
  environment: Record<string, string>,
  events: InstanceEvents,
): InstanceWorker {
  const start = definition.apart ? startProcess : startThread;
  return start(definition, environment, events);
}

const instance = new URL('./instance.ts', import.meta.url);

function startThread(
  { name, memoryMb, codeFolder, handler }: FunctionDefinition,
  env: Record<string, string>,
  events: InstanceEvents,
): InstanceWorker {
  const workerData: InstanceData = { codeFolder, handler };
  const worker = new Worker(instance, {
    ...{ env, name, execArgv: [], stdout: true, stderr: true, workerData },
    resourceLimits: { maxOldGenerationSizeMb: memoryMb },
  });
  let crash = '';
  worker.stdout.on('data', (bytes: Buffer) => events.print(bytes.toString()));
  worker.stderr.on('data', (bytes: Buffer) => events.print(bytes.toString()));
  worker.on('message', events.message);
  worker.on('error', (error) => {
    crash = `: ${String(error)}`;
    events.print(`${new Date().toISOString()}\tERROR\tUncaught\t${inspect(error)}\n`);
  });
  worker.on('exit', (code) => events.exit(`exit status ${code}${crash}`));
  return {
    pid: undefined,
    send: (message) => worker.postMessage(message),
    end: async () => void (await worker.terminate()),
  };
}

function startProcess(
  { memoryMb, codeFolder, handler }: FunctionDefinition,
  env: Record<string, string>,
  events: InstanceEvents,
): InstanceWorker {
  const data: InstanceData = { codeFolder, handler };
  // A process reads it before anything else, a thread never does; the file is there on Lambda alone.
  const { NODE_EXTRA_CA_CERTS: certificates, ...rest } = env;
  const isThere = certificates !== undefined && existsSync(certificates);
  const child = fork(instance, [JSON.stringify(data)], {
    env: isThere ? env : rest,
    execArgv: ['--disable-warning=ExperimentalWarning', `--max-old-space-size=${memoryMb}`],
    // Bytes of streamed answers cross as they are.
    serialization: 'advanced',
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
  child.stdout?.on('data', (bytes: Buffer) => events.print(bytes.toString()));
  child.stderr?.on('data', (bytes: Buffer) => events.print(bytes.toString()));
  child.on('message', (message) => events.message(message as FromInstance));
  const gone = new Promise<void>((resolve) => {
    const exit = (how: string): void => {
      events.exit(how);
      resolve();
    };
    child.once('exit', (code, signal) => exit(signal === null ? `exit status ${code}` : `signal: ${signal}`));
    child.once('error', (error) => {
      // It could not even be started: no exit follows.
      if (child.pid === undefined) exit(String(error));
    });
  });
  return {
    pid: child.pid,
    send: (message) => {
      // What is sent to a child that has just died is lost with it; its exit says so.
      if (child.connected) child.send(message, () => undefined);
    },
    end: async () => {
      child.kill('SIGKILL');
      await gone;
    },
  };
}
