/**
 * Prepares a state machine for the local interpreter: what it would silently ignore or get wrong is refused, and
 * where its defaults differ from AWS's the definition says so itself.
 */
import type { StateMachineDefinition as AslDefinition } from 'aws-local-stepfunctions';

/** A task of the machine and what it calls. */
export type Task = { state: string; resource: string };

/** A definition the interpreter can run. */
export type Prepared = { definition: AslDefinition; tasks: Task[]; waits: string[] };

type Json = Record<string, unknown>;

/** @throws Error listing everything in the definition that cannot run here. */
export function prepare(name: string, written: Json): Prepared {
  const definition = JSON.parse(JSON.stringify(written)) as Json;
  const tasks: Task[] = [];
  const waits: string[] = [];
  const problems: string[] = [];
  const names = new Set<string>();

  const visit = (part: Json, nested: boolean): void => {
    for (const [state, declared] of Object.entries((part.States ?? {}) as Record<string, Json>)) {
      if (names.has(state)) problems.push(`${state}: two states have this name`);
      names.add(state);
      problems.push(...refusals(declared, nested).map((problem) => `${state}: ${problem}`));
      if (declared.Type === 'Task') {
        tasks.push({ state, resource: String(declared.Resource) });
        // The interpreter would give up after a minute; Lambda's own limit is what counts.
        if (declared.TimeoutSecondsPath === undefined) capTimeout(declared, dayInSeconds);
      }
      if (declared.Type === 'Wait') {
        waits.push(state);
        Object.assign(declared, asTask(declared));
      }
      // The whole result is what no path means; written out, the interpreter takes it for a field named "$".
      if (declared.ResultPath === '$') delete declared.ResultPath;
      for (const catcher of (declared.Catch ?? []) as Json[]) {
        if (catcher.ResultPath === '$') delete catcher.ResultPath;
      }
      const inner = (declared.ItemProcessor ?? declared.Iterator) as Json | undefined;
      if (inner !== undefined) visit(inner, true);
      for (const branch of (declared.Branches ?? []) as Json[]) visit(branch, true);
    }
  };
  if (definition.QueryLanguage === 'JSONata') problems.push('JSONata');
  visit(definition, false);
  if (definition.TimeoutSeconds !== undefined) capTimeout(definition);
  if (problems.length > 0) {
    throw new Error(
      `The state machine ${name} cannot run locally:\n${problems.map((p) => `  ${p}`).join('\n')}`,
    );
  }
  return { definition: definition as unknown as AslDefinition, tasks, waits };
}

const dayInSeconds = 86_400;

/** Timers overflow above 24.8 days, and would then fire at once. */
const longestTimeoutSeconds = 20 * dayInSeconds;

function capTimeout(part: Json, whenUnset = longestTimeoutSeconds): void {
  part.TimeoutSeconds = Math.min(Number(part.TimeoutSeconds ?? whenUnset), longestTimeoutSeconds);
}

/**
 * A Wait becomes a task that waits: the interpreter's own timer overflows after 24 days and would go on at once,
 * which is not how a grace period should end.
 */
function asTask(wait: Json): Json {
  const due =
    ['Seconds', 'Timestamp', 'SecondsPath', 'TimestampPath'].find((key) => wait[key] !== undefined) ?? '';
  const value = wait[due];
  for (const key of ['Seconds', 'Timestamp', 'SecondsPath', 'TimestampPath']) delete wait[key];
  const parameter = due.endsWith('Path') ? { [`${due.replace('Path', '')}.$`]: value } : { [due]: value };
  return {
    Type: 'Task',
    Resource: 'arn:aws:lambda:us-east-1:000000000000:function:wait',
    Parameters: { ...parameter, 'Input.$': '$' },
    TimeoutSeconds: longestTimeoutSeconds,
    Retry: [{ ErrorEquals: ['States.Timeout'], IntervalSeconds: 1, BackoffRate: 1, MaxAttempts: 99_999_999 }],
  };
}

/** Fields that the interpreter does not read. */
const unread = [
  'Arguments',
  'Output',
  'Assign',
  'Items',
  'ItemReader',
  'ItemBatcher',
  'ResultWriter',
  'Label',
];
const unreadToo = ['ToleratedFailureCount', 'ToleratedFailurePercentage', 'HeartbeatSeconds'];

function refusals(state: Json, nested: boolean): string[] {
  const found = [...unread, ...unreadToo]
    .filter((key) => state[key] !== undefined)
    .map((key) => `field ${key}`);
  if (state.QueryLanguage === 'JSONata') found.push('JSONata');
  const config = (state.ItemProcessor as { ProcessorConfig?: { Mode?: string } } | undefined)
    ?.ProcessorConfig;
  if (config?.Mode === 'DISTRIBUTED') found.push('distributed map');
  if (state.Type === 'Task' && !callsLambda(String(state.Resource)))
    found.push(`resource ${String(state.Resource)}`);
  const { ItemProcessor: _p, Iterator: _i, Branches: _b, ...own } = state;
  for (const [path] of JSON.stringify(own).matchAll(/\$\$[\w.[\]]*/g)) {
    const known =
      /^\$\$\.(Execution\.(Id|Name|Input|RoleArn|StartTime)|StateMachine\.(Id|Name)|Map\.Item)\b/.test(path);
    if (!known) found.push(`context object path ${path}`);
    // Inside a Map or Parallel the interpreter answers with the part's own input.
    else if (nested && /^\$\$\.Execution\.(Input|StartTime)/.test(path))
      found.push(`${path} inside a Map or Parallel`);
    else if (path.startsWith('$$.Map.Item') && state.Type !== 'Map')
      found.push(`${path} outside ItemSelector`);
  }
  return found;
}

/** The optimized integration (`lambda:invoke`) or a function's ARN. */
function callsLambda(resource: string): boolean {
  return resource === optimizedInvoke || /^arn:aws:lambda:[\w-]+:\d+:function:/.test(resource);
}

/** `Parameters` carry the function's name and the payload; the result wraps the answer. */
export const optimizedInvoke = 'arn:aws:states:::lambda:invoke';
