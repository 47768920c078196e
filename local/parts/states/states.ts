/**
 * Step Functions on this machine: the state machines of the template, run by an interpreter, their tasks invoking
 * the local functions. An execution that the process did not finish starts again from its input at the next start.
 */
import { randomUUID } from 'node:crypto';
import { openStore } from '../../state.ts';
import type { StateMachineDefinition } from '../../template/signals.ts';
import { AwsError, type Invoke, type PartHandler, type Running } from '../contract.ts';
import { prepare } from './definition.ts';
import { executionsIn, schema, type Execution } from './executions.ts';
import { createMachine, run, type Machine, type Run } from './run.ts';

/** What Step Functions needs. */
export type StatesOptions = {
  machines: readonly StateMachineDefinition[];
  invoke: Invoke;
  /** Whether a machine's role may invoke a function; rejects when it may not. */
  mayInvoke?: (roleArn: string, functionArn: string) => Promise<void>;
  /** The state folder. */
  state: string;
  log: (line: string) => void;
};

/** The running state machines. */
export type States = Running & {
  /** Answers `StartExecution`, `DescribeExecution`, `ListExecutions` and `StopExecution`. */
  handler: PartHandler;
  /** Starts an execution on behalf of a rule or schedule; `input` is JSON text. */
  startExecution(this: void, stateMachineArn: string, input: string): Promise<void>;
  /** Uses other definitions from the next execution on. */
  replace(machines: readonly StateMachineDefinition[]): void;
};

type Body = Record<string, unknown>;

/** @throws Error when a definition uses what the interpreter cannot do. */
export function startStates(options: StatesOptions): States {
  let machines = open(options.machines);
  const store = openStore(options.state, 'states', schema);
  const executions = executionsIn(store);
  const runs = new Map<string, Run>();
  let stopped = false;

  const begin = (
    machine: Machine,
    execution: Execution | Pick<Execution, 'arn' | 'name' | 'input' | 'startMs'>,
  ) => {
    const current = run(machine, execution, invokeAs(machine.roleArn, options));
    runs.set(execution.arn, current);
    void current.outcome.then((outcome) => {
      runs.delete(execution.arn);
      if (stopped) return;
      executions.finish(execution.arn, outcome);
      if (outcome.status !== 'SUCCEEDED')
        options.log(`${execution.arn} ${outcome.status}: ${outcome.error} ${outcome.cause}`);
    });
  };

  const start = (body: Body): Body => {
    const machineArn = text(body, 'stateMachineArn');
    const machine = machines.get(machineArn);
    if (machine === undefined) {
      throw new AwsError('StateMachineDoesNotExist', `State Machine Does Not Exist: '${machineArn}'`);
    }
    const input = optionalText(body, 'input') ?? '{}';
    requireJson(input);
    const name = optionalText(body, 'name') ?? randomUUID();
    if (!/^[^\s<>{}[\]?*"#%\\^|~`$&,;:/]{1,80}$/.test(name))
      throw new AwsError('InvalidName', `Invalid Name: '${name}'`);
    const arn = `${machineArn.replace(':stateMachine:', ':execution:')}:${name}`;
    const present = executions.find(arn);
    // Starting the same again while it runs is the same execution; anything else would reuse a name.
    if (present?.status === 'RUNNING' && present.input === input) return started(present);
    if (present !== undefined) {
      throw new AwsError('ExecutionAlreadyExists', `Execution Already Exists: '${arn}'`);
    }
    const execution = { arn, machineArn, name, input, startMs: Date.now() };
    executions.add(execution);
    begin(machine, execution);
    return started(execution);
  };

  const stop = (body: Body): Body => {
    const execution = existing(text(body, 'executionArn'));
    runs.get(execution.arn)?.abort();
    runs.delete(execution.arn);
    const error = optionalText(body, 'error') ?? null;
    executions.finish(execution.arn, {
      status: 'ABORTED',
      error,
      cause: optionalText(body, 'cause') ?? null,
    });
    return { stopDate: (existing(execution.arn).stopMs ?? Date.now()) / 1000 };
  };

  const existing = (arn: string): Execution => {
    const execution = executions.find(arn);
    if (execution === undefined)
      throw new AwsError('ExecutionDoesNotExist', `Execution Does Not Exist: '${arn}'`);
    return execution;
  };

  const list = (body: Body): Body => {
    const machineArn = text(body, 'stateMachineArn');
    const limit = Number(body.maxResults ?? 0) || 100;
    const offset = Number(optionalText(body, 'nextToken') ?? 0);
    const found = executions.list(machineArn, optionalText(body, 'statusFilter'), limit + 1, offset);
    return {
      executions: found.slice(0, limit).map(summary),
      ...(found.length > limit ? { nextToken: String(offset + limit) } : {}),
    };
  };

  const actions: Record<string, (body: Body) => Body> = {
    StartExecution: start,
    StopExecution: stop,
    ListExecutions: list,
    DescribeExecution: (body) => details(existing(text(body, 'executionArn'))),
  };

  for (const execution of executions.running()) {
    const machine = machines.get(execution.machineArn);
    if (machine !== undefined) {
      options.log(`${execution.arn} was not finished; it starts again from its input`);
      begin(machine, execution);
    } else {
      const cause = 'Its state machine is no longer in the template';
      executions.finish(execution.arn, { status: 'ABORTED', error: 'StateMachineDeleted', cause });
    }
  }

  return {
    async handler({ action, body }) {
      const act = actions[action];
      if (act === undefined)
        throw new AwsError('UnknownOperationException', `states:${action} is not supported locally`);
      return { status: 200, body: act(body) };
    },
    async startExecution(stateMachineArn, input) {
      start({ stateMachineArn, input });
    },
    replace(definitions) {
      machines = open(definitions);
    },
    async stop() {
      stopped = true;
      // Left as running in the record: the next start takes them up.
      for (const current of runs.values()) current.abort();
      store.close();
    },
  };
}

/** A refusal fails the task as on AWS, where the machine's own role is asked. */
function invokeAs(roleArn: string, { invoke, mayInvoke }: StatesOptions): Invoke {
  if (mayInvoke === undefined) return invoke;
  return async (functionArn, event) => {
    try {
      await mayInvoke(roleArn, functionArn);
    } catch (error) {
      return { ok: false, errorType: 'Lambda.AWSLambdaException', errorMessage: (error as Error).message };
    }
    return invoke(functionArn, event);
  };
}

function open(definitions: readonly StateMachineDefinition[]): Map<string, Machine> {
  return new Map(
    definitions.map(({ name, arn, roleArn, definition }) => [
      arn,
      createMachine({ name, arn, roleArn, prepared: prepare(name, definition) }),
    ]),
  );
}

function started({ arn, startMs }: Pick<Execution, 'arn' | 'startMs'>): Body {
  return { executionArn: arn, startDate: startMs / 1000 };
}

function summary(execution: Execution): Body {
  return {
    executionArn: execution.arn,
    stateMachineArn: execution.machineArn,
    name: execution.name,
    status: execution.status,
    startDate: execution.startMs / 1000,
    ...(execution.stopMs === null ? {} : { stopDate: execution.stopMs / 1000 }),
  };
}

function details(execution: Execution): Body {
  const { input, output, error, cause } = execution;
  return {
    ...summary(execution),
    input,
    inputDetails: { included: true },
    ...(output === null ? {} : { output, outputDetails: { included: true } }),
    ...(error === null ? {} : { error }),
    ...(cause === null ? {} : { cause }),
  };
}

function text(body: Body, name: string): string {
  const value = optionalText(body, name);
  if (value === undefined) throw new AwsError('ValidationException', `${name} is required`);
  return value;
}

function optionalText(body: Body, name: string): string | undefined {
  const value = body[name];
  return typeof value === 'string' ? value : undefined;
}

function requireJson(input: string): void {
  try {
    JSON.parse(input);
  } catch {
    throw new AwsError('InvalidExecutionInput', 'Invalid State Machine Execution Input: it is not JSON');
  }
}
