/** The pool's Lambda triggers, with Cognito's event shapes and Cognito's treatment of what comes back. */
import { AwsError } from '../contract.ts';
import type { Pool, TriggerName } from './settings.ts';

export type TriggerCall = {
  name: TriggerName;
  /** Like `PreSignUp_SignUp`. */
  source: string;
  userName: string;
  clientId: string;
  request: Record<string, unknown>;
  /** The empty response a function fills in. */
  response?: Record<string, unknown>;
};

/**
 * The function's `response`, or undefined when the pool has no such trigger. A function that throws refuses the
 * operation: UserLambdaValidationException with its message.
 */
export async function trigger(pool: Pool, call: TriggerCall): Promise<Record<string, unknown> | undefined> {
  const { settings, invoke } = pool;
  const functionArn = settings.triggers[call.name];
  if (functionArn === undefined) return undefined;
  const event = {
    version: call.name === 'PreTokenGeneration' ? '2' : '1',
    triggerSource: call.source,
    region: settings.region,
    userPoolId: settings.poolId,
    userName: call.userName,
    callerContext: { awsSdkVersion: 'aws-sdk-unknown-unknown', clientId: call.clientId },
    request: call.request,
    response: call.response ?? {},
  };
  const result = await invoke(functionArn, event).catch((cause: unknown) => {
    pool.log(`${call.source}: ${functionArn} could not be invoked: ${String(cause)}`);
    throw new AwsError('UnexpectedLambdaException', `${call.name} invocation failed due to error.`);
  });
  if (!result.ok) {
    const message = `${call.name} failed with error ${result.errorMessage}`;
    throw new AwsError('UserLambdaValidationException', message.endsWith('.') ? message : `${message}.`);
  }
  const response = (result.payload as { response?: unknown } | null | undefined)?.response;
  if (typeof response !== 'object' || response === null) {
    throw new AwsError('InvalidLambdaResponseException', 'Unrecognizable lambda output');
  }
  return response as Record<string, unknown>;
}
