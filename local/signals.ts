/** What sets functions off without a request: events, schedules, queues and state machines, as the template says. */
import type { Invoke, PartHandler, Running } from './parts/contract.ts';
import { startEvents } from './parts/events/events.ts';
import { startStates, type States } from './parts/states/states.ts';
import { startClock } from './parts/scheduler/scheduler.ts';
import { startDelivery } from './sources/deliver.ts';
import { startEventSources } from './sources/queue.ts';
import {
  type Cell,
  eventBuses,
  eventSourceMappings,
  type FunctionDefinition,
  functions,
  rules,
  schedules,
  stateMachines,
} from './template/readers.ts';

export type SignalsOptions = {
  state: string;
  region: string;
  accountId: string;
  /** The AWS front. */
  endpoint: string;
  invoke: Invoke;
  /** Whether the role of a state machine may invoke a function; rejects when it may not. */
  mayInvoke: (roleArn: string, functionArn: string) => Promise<void>;
  /** The access key of a function's role. */
  accessKeyOf: (definition: FunctionDefinition) => string;
  log: (line: string) => void;
};

export type Signals = Running & {
  handlers: Record<string, PartHandler>;
  /** Follows this cell's rules, schedules and queues from now on, and no others. */
  follow(cell: Cell): Promise<void>;
};

/** Starts event delivery; nothing ticks or polls until a cell is followed. */
export function startSignals(options: SignalsOptions): Signals {
  let states: States | undefined;
  const delivery = startDelivery({
    ...options,
    startExecution: (arn, input) => running(states).startExecution(arn, input),
  });
  const { deliver, deadLetter } = delivery;
  const events = startEvents({ ...options, buses: [], rules: [], deliver, deadLetter });
  let following: Running[] = [];
  const unfollow = async (): Promise<void> => {
    await Promise.all(following.map((source) => source.stop()));
    following = [];
  };
  return {
    handlers: {
      events: events.handler,
      states: (call) => running(states).handler(call),
    },
    follow: async (cell) => {
      await unfollow();
      const machines = stateMachines(cell);
      // Started with the first cell: it takes up what an earlier run left, which needs a migrated database.
      if (states === undefined) states = startStates({ ...options, machines });
      else states.replace(machines);
      events.setRules(eventBuses(cell), rules(cell));
      const clock = startClock({
        ...options,
        rules: rules(cell),
        schedules: schedules(cell),
        fire: deliver,
      });
      const sources = startEventSources({
        ...options,
        mappings: eventSourceMappings(cell),
        accessKeyOf: pollerKeys(cell, options),
      });
      following = [clock, sources];
    },
    stop: async () => {
      await unfollow();
      await states?.stop();
      await events.stop();
      await delivery.stop();
    },
  };
}

function running(states: States | undefined): States {
  if (states === undefined) throw new Error('Step Functions has not started yet.');
  return states;
}

/** Lambda polls a queue as the role of the function that it feeds. */
function pollerKeys(
  cell: Cell,
  { accessKeyOf }: SignalsOptions,
): (mapping: { functionArn: string }) => string {
  const all = functions(cell);
  return ({ functionArn }) => {
    // Given by name or by ARN, with a version or alias or without.
    const [fedName] = functionArn.replace(/^.*?function:/, '').split(':');
    const fed = all.find(({ name }) => name === fedName);
    if (fed === undefined) throw new Error(`The template has no function ${functionArn}.`);
    return accessKeyOf(fed);
  };
}
