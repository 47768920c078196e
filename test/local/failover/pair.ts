/** Two cells on this machine, of which the second follows the first: stacks of their own on folders of their own. */
import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { mkdtemp, rename } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { anyPorts } from '#local/addresses.ts';
import { callAws } from '#local/front/call.ts';
import { acquireStateLock } from '#local/lock.ts';
import { currentData } from '#local/parts/postgres/home.ts';
import { freePort } from '#local/ports.ts';
import { resetState } from '#local/reset-state.ts';
import { type Stack, startStack } from '#local/stack.ts';
import { functions } from '#local/template/readers.ts';
import { startWebServer } from '#local/web-server.ts';
import { type BatterySite, poolFacts, startSite } from '#test/battery/support/site.ts';
import { startWorld, type World } from '#test/battery/support/world.ts';

export type Pair = {
  first: BatterySite;
  second: { url: string; stack: Stack; world: World };
  /** What both said. */
  lines: string[];
  /** Kills the database of the first cell and takes its data away. */
  loseFirst(): Promise<void>;
  /** Starts the second cell's machine; answers the execution. */
  start(order: object): Promise<string>;
  /** Ends an execution where it is. */
  abort(execution: string): Promise<void>;
  /** Waits for the end of an execution. */
  ended(execution: string): Promise<Ended>;
  /** Kills the processes that work on the machine's steps; how many there were. */
  killWorkers(): number;
  stop(): Promise<void>;
};

export type Ended = { status: string; output: { failure?: { Error: string } } };

const root = join(import.meta.dirname, '../../..');
const region = 'us-west-2';

export async function startPair(): Promise<Pair> {
  const first = await startSite({ pair: 'followed' });
  const lines: string[] = [];
  const stopping: (() => Promise<unknown>)[] = [() => first.stop()];
  const stop = async () => {
    for (const step of stopping.splice(0).reverse()) await step();
  };
  try {
    const state = await mkdtemp(join(tmpdir(), 'plinth-standby-'));
    stopping.push(() => resetState(state));
    const lock = await acquireStateLock(state);
    stopping.push(() => lock.stop());
    const url = `http://localhost:${(await freePort(0)).port}`;
    const log = (line: string) => void lines.push(line);
    const pair = { follows: first.stack };
    const stack = await startStack({ root, state, url, log, ports: anyPorts, pair });
    stopping.push(() => stack.stop());
    const web = await startWebServer(Number(new URL(url).port), [stack.api]);
    stopping.push(() => web.stop());
    // Where nobody owns a name, somebody has to say how the first cell is asked.
    const worker = functions(stack.cell).find(({ name }) => name.endsWith('standby-failover'));
    if (worker === undefined) throw new Error('the second cell has no machine');
    await stack.functions.replace(
      functions(stack.cell).map((one) =>
        one.arn === worker.arn
          ? { ...one, environment: { ...one.environment, FAILOVER_PRIMARY_URL: `${first.url}/` } }
          : one,
      ),
    );
    const pool = await poolFacts(stack, state);
    const gate = { port: Number(new URL(stack.frontUrl).port), table: '' };
    const world = startWorld({ databaseUrl: stack.databaseUrl, linkSecret: '', gate }, pool);
    stopping.push(() => world.stop());
    // Connections that nobody uses are lost with their server.
    for (const { admin } of [first.world, world]) admin.on('error', () => undefined);
    return { first, lines, stop, second: { url, stack, world }, ...driving(stack, first, worker.name) };
  } catch (error) {
    await stop();
    throw new Error(`The second cell did not start.\n${lines.join('\n')}`, { cause: error });
  }
}

function driving(stack: Stack, first: BatterySite, worker: string) {
  const port = Number(new URL(stack.frontUrl).port);
  const states = <Answer>(action: string, body: object) =>
    callAws<Answer>({ port, region, service: 'states', target: `AWSStepFunctions.${action}`, body });
  const machine = `arn:aws:states:${region}:000000000000:stateMachine:plinth-dev-us-standby-failover-run`;
  return {
    loseFirst: async () => {
      const data = await currentData(first.state);
      const [pid = ''] = readFileSync(join(data, 'postmaster.pid'), 'utf8').split('\n');
      process.kill(Number(pid), 'SIGKILL');
      await rename(data, `${data}.lost`);
    },
    start: async (order: object) => {
      const { executionArn } = await states<{ executionArn: string }>('StartExecution', {
        stateMachineArn: machine,
        name: randomUUID(),
        input: JSON.stringify({ tenantId: null, trace: null, input: order }),
      });
      return executionArn;
    },
    abort: async (executionArn: string) => {
      await states('StopExecution', { executionArn });
    },
    ended: async (executionArn: string): Promise<Ended> => {
      for (;;) {
        const found = await states<{ status: string; output?: string }>('DescribeExecution', {
          executionArn,
        });
        const output = JSON.parse(found.output ?? '{}') as Ended['output'];
        if (found.status !== 'RUNNING') return { status: found.status, output };
        await sleep(200);
      }
    },
    killWorkers: () => {
      const pids = stack.functions.stats()[worker]?.pids ?? [];
      for (const pid of pids) process.kill(pid, 'SIGKILL');
      return pids.length;
    },
  };
}
