/** State machines in Amazon States Language, as the CDK writes them. */
import type { StateMachineDefinition } from '#local/template/signals.ts';

export const region = 'us-east-1';

export function machine(name: string, States: object, more: object = {}): StateMachineDefinition {
  return {
    name,
    arn: `arn:aws:states:${region}:000000000000:stateMachine:${name}`,
    roleArn: 'arn:aws:iam::000000000000:role/states',
    definition: { StartAt: Object.keys(States)[0], States, ...more },
  };
}

/** A task that invokes a function, with the whole input as payload. */
export function invoking(functionName: string, more: object = { End: true }): object {
  return {
    Type: 'Task',
    Resource: 'arn:aws:states:::lambda:invoke',
    Parameters: {
      FunctionName: `arn:aws:lambda:${region}:000000000000:function:${functionName}:live`,
      'Payload.$': '$',
    },
    ...more,
  };
}
