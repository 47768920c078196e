/**
 * A workflow as a state machine, written from its declaration: a task for each step, called again while the step says
 * that it is not done, and the step `failed` behind all of them. What a broken worker or a busy service leaves undone is
 * tried again; what a step refuses ends the workflow with that code.
 */
import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import { PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import { DefinitionBody, LogLevel, StateMachine, StateMachineType } from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';
import { longestStep, machineNameOf, type WorkflowType } from '#shared/contract/workflow.ts';
import { accept } from './accept.ts';
import { cellOf } from './cell-stack.ts';
import type { KernelFunction } from './kernel-function.ts';

export type WorkflowProps = { workflow: WorkflowType; worker: KernelFunction };

export class Workflow extends Construct {
  readonly machine: StateMachine;
  readonly workflow: WorkflowType;

  constructor(scope: Construct, id: string, { workflow, worker }: WorkflowProps) {
    super(scope, id);
    this.workflow = workflow;
    const cell = cellOf(this);
    const { facts } = cell;
    const role = new Role(this, 'Role', {
      assumedBy: new ServicePrincipal('states.amazonaws.com'),
      description: `Calls the steps of ${workflow.name}`,
    });
    const { functionArn, timeout = Duration.minutes(15) } = worker.lambda;
    role.addToPolicy(new PolicyStatement({ actions: ['lambda:InvokeFunction'], resources: [functionArn] }));
    this.machine = new StateMachine(this, 'Machine', {
      stateMachineName: `${facts.name}-${machineNameOf(workflow)}`,
      stateMachineType: StateMachineType.STANDARD,
      definitionBody: DefinitionBody.fromString(
        cell.toJsonString(definitionOf(workflow, functionArn, timeout.toSeconds() + marginSeconds)),
      ),
      comment: workflow.summary,
      role,
      tracingEnabled: true,
      logs: {
        // Without inputs and outputs: the ids stand in the function's own log.
        level: LogLevel.ALL,
        destination: new LogGroup(this, 'Log', {
          logGroupName: `/aws/vendedlogs/states/${facts.name}-${machineNameOf(workflow)}`,
          retention: facts.deployment.logRetentionDays,
          removalPolicy: facts.deployment.keepData ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY,
        }),
      },
    });
    accept(role, {
      'IAM5[Resource::*]':
        'Step Functions’ own deliveries of logs and X-Ray’s put actions exist for all resources only; each statement holds nothing else.',
    });
  }
}

/**
 * The definition in Amazon States Language, in JSONPath: what the local interpreter understands as well.
 * @param timeoutSeconds longer than the function can run: when the machine calls again, nobody works on the first call
 */
export function definitionOf(workflow: WorkflowType, functionArn: string, timeoutSeconds: number): object {
  const steps = Object.entries(workflow.steps);
  const states: Record<string, object> = {};
  const onFailure = [{ ErrorEquals: ['States.ALL'], ResultPath: '$.failure', Next: 'failed' }];
  const task = (step: string, more: object): object => ({
    Type: 'Task',
    Resource: 'arn:aws:states:::lambda:invoke',
    Parameters: {
      FunctionName: functionArn,
      Payload: {
        ...{ workflow: workflow.name, step, 'executionId.$': '$$.Execution.Id' },
        ...{ 'tenantId.$': '$.tenantId', 'input.$': '$.input', 'trace.$': '$.trace' },
        ...(step === 'failed' ? { 'error.$': '$.failure.Error' } : {}),
      },
    },
    TimeoutSeconds: timeoutSeconds,
    Retry: retry,
    ...more,
  });
  steps.forEach(([step, { repeats }], index) => {
    const next = steps[index + 1]?.[0] ?? 'done';
    if (repeats !== true) {
      states[step] = task(step, { ResultPath: null, Catch: onFailure, Next: next });
      return;
    }
    const again = { ResultSelector: { 'again.$': '$.Payload' }, ResultPath: '$.last' };
    states[step] = task(step, { ...again, Catch: onFailure, Next: `${step}: done?` });
    states[`${step}: done?`] = {
      Type: 'Choice',
      Choices: [
        { Variable: '$.last.again.done', BooleanEquals: true, Next: next },
        { Variable: '$.last.again.afterSeconds', IsPresent: true, Next: `${step}: wait` },
      ],
      Default: step,
    };
    states[`${step}: wait`] = { Type: 'Wait', SecondsPath: '$.last.again.afterSeconds', Next: step };
  });
  states.failed = task('failed', {
    ResultSelector: { 'expected.$': '$.Payload.expected' },
    ResultPath: '$.ending',
    Next: 'expected?',
  });
  states['expected?'] = {
    Type: 'Choice',
    Choices: [{ Variable: '$.ending.expected', BooleanEquals: true, Next: 'refused' }],
    Default: 'broken',
  };
  return {
    Comment: workflow.summary,
    StartAt: steps[0]?.[0] ?? 'done',
    States: {
      ...states,
      refused: { Type: 'Succeed', Comment: 'A step said why it may not be; the failed step told it on' },
      broken: { Type: 'Fail', Error: 'workflow.crashed', Cause: `${workflow.name} did not come to its end` },
      done: { Type: 'Succeed' },
    },
  };
}

/** How long the function may run: its longest step, and time to say how that ended. */
export function workerTimeout(workflows: readonly WorkflowType[]): Duration {
  return Duration.seconds(Math.max(...workflows.map(longestStep)) + marginSeconds);
}

const marginSeconds = 30;

/** A worker that died or was cut off, a service that is busy, and what a step did not expect. */
const retry = [
  {
    ErrorEquals: [
      'Lambda.ServiceException',
      'Lambda.AWSLambdaException',
      'Lambda.SdkClientException',
      'Lambda.ClientExecutionTimeoutException',
      'Lambda.TooManyRequestsException',
      'Lambda.Unknown',
      'Runtime.ExitError',
      'Sandbox.Timedout',
      'States.Timeout',
      'dependency.unavailable',
      'workflow.crashed',
    ],
    IntervalSeconds: 1,
    BackoffRate: 2,
    MaxDelaySeconds: 60,
    MaxAttempts: 9,
    JitterStrategy: 'FULL',
  },
];
