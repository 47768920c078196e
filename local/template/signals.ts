/**
 * What sets things off in a cell: event rules, schedules and state machines.
 */
import { ofType, type Cell } from './cell.ts';
import { propertiesOf, type Properties } from './properties.ts';

/** Where a rule or a schedule sends its event. */
export type Target = {
  arn: string;
  roleArn?: string;
  /** Constant JSON text instead of the event. */
  input?: string;
  /** JSON path of the part of the event that is sent. */
  inputPath?: string;
  inputTransformer?: { paths: Record<string, string>; template: string };
  /** FIFO queues only. */
  messageGroupId?: string;
  /** Queue for events that could not be delivered. */
  deadLetterArn?: string;
  maximumRetryAttempts?: number;
};

/** An EventBridge rule: it matches events on its bus, or ticks on a schedule. */
export type Rule = {
  name: string;
  arn: string;
  bus: string;
  pattern?: Record<string, unknown>;
  schedule?: string;
  targets: Target[];
};

/** An EventBridge Scheduler schedule. */
export type Schedule = {
  name: string;
  arn: string;
  group: string;
  /** `cron(…)`, `rate(…)` or `at(…)`. */
  expression: string;
  timezone: string;
  target: Target;
};

/** A Step Functions state machine; `definition` is Amazon States Language. */
export type StateMachineDefinition = {
  name: string;
  arn: string;
  roleArn: string;
  definition: Record<string, unknown>;
};

/** The enabled rules. */
export function rules(cell: Cell): Rule[] {
  return ofType(cell, 'AWS::Events::Rule').flatMap((resource) => {
    const properties = propertiesOf(resource);
    const pattern = properties.object('EventPattern')?.raw;
    const schedule = properties.text('ScheduleExpression');
    const rule: Rule = {
      name: resource.ref.split('|').at(-1) ?? resource.ref,
      arn: String(resource.attributes.Arn),
      bus: properties.text('EventBusName')?.split('/').at(-1) ?? 'default',
      targets: properties.objects('Targets').map(target),
      ...(pattern === undefined ? {} : { pattern }),
      ...(schedule === undefined ? {} : { schedule }),
    };
    return properties.text('State')?.startsWith('DISABLED') === true ? [] : [rule];
  });
}

/** The names of the event buses, the default one included. */
export function eventBuses(cell: Cell): string[] {
  return ['default', ...ofType(cell, 'AWS::Events::EventBus').map((resource) => resource.ref)];
}

/** The enabled schedules. */
export function schedules(cell: Cell): Schedule[] {
  return ofType(cell, 'AWS::Scheduler::Schedule').flatMap((resource) => {
    const properties = propertiesOf(resource);
    const to = properties.object('Target');
    if (properties.text('State') === 'DISABLED' || to === undefined) return [];
    return [
      {
        name: resource.ref,
        arn: String(resource.attributes.Arn),
        group: properties.text('GroupName') ?? 'default',
        expression: properties.needText('ScheduleExpression'),
        timezone: properties.text('ScheduleExpressionTimezone') ?? 'UTC',
        target: target(to),
      },
    ];
  });
}

export function stateMachines(cell: Cell): StateMachineDefinition[] {
  return ofType(cell, 'AWS::StepFunctions::StateMachine').map((resource) => {
    const properties = propertiesOf(resource);
    const substitutions = properties.object('DefinitionSubstitutions')?.raw ?? {};
    const written =
      properties.text('DefinitionString') ?? JSON.stringify(properties.object('Definition')?.raw ?? null);
    const text = written.replace(/\$\{(\w+)\}/g, (all, name: string) =>
      name in substitutions ? String(substitutions[name]) : all,
    );
    const definition = JSON.parse(text) as Record<string, unknown> | null;
    if (definition === null) {
      throw new Error(`${resource.stack}/${resource.logicalId}: the definition is not in the template`);
    }
    return {
      name: String(resource.attributes.Name),
      arn: resource.ref,
      roleArn: properties.needText('RoleArn'),
      definition,
    };
  });
}

function target(properties: Properties): Target {
  const transformer = properties.object('InputTransformer');
  const optional = {
    roleArn: properties.text('RoleArn'),
    input: properties.text('Input'),
    inputPath: properties.text('InputPath'),
    messageGroupId: properties.object('SqsParameters')?.text('MessageGroupId'),
    deadLetterArn: properties.object('DeadLetterConfig')?.text('Arn'),
    maximumRetryAttempts: properties.object('RetryPolicy')?.number('MaximumRetryAttempts'),
    inputTransformer: transformer && {
      paths: Object.fromEntries(
        Object.entries(transformer.object('InputPathsMap')?.raw ?? {}).map(([key, path]) => [
          key,
          String(path),
        ]),
      ),
      template: transformer.needText('InputTemplate'),
    },
  };
  const present = Object.entries(optional).filter(([, value]) => value !== undefined);
  return { arn: properties.needText('Arn'), ...(Object.fromEntries(present) as Partial<Target>) };
}
