/**
 * What the local runtime's parts agree on: how a function is invoked, how an AWS call reaches the part that
 * answers it, and how a part is stopped.
 */

/** Invokes a function of the template by ARN (version and alias qualifiers are accepted) or by name. */
export type Invoke = (functionArnOrName: string, event: unknown) => Promise<InvokeResult>;

/** What an invocation came to. A handler's exception is a result here, as it is on Lambda, not a rejection. */
export type InvokeResult =
  { ok: true; payload: unknown } | { ok: false; errorType: string; errorMessage: string };

/** One AWS API call, after the front has identified the caller and judged its role. */
export type PartCall = {
  /** SigV4 service name: `secretsmanager`, `events`, `states`, `ses`, `scheduler`, `cognito-idp`. */
  service: string;
  /** API action without prefix, e.g. `GetSecretValue`. */
  action: string;
  body: Record<string, unknown>;
  region: string;
  /** Logical id of the calling role, or `LOCALADMIN` for the runtime itself. */
  caller: string;
};

/** Answers one AWS API call; throws {@link AwsError} for an error in the service's own vocabulary. */
export type PartHandler = (call: PartCall) => Promise<{ status: number; body: unknown }>;

/** Something that was started and can be stopped; `stop` resolves when nothing of it is left running. */
export type Running = { stop(): Promise<void> };

/** An error as AWS would answer it; the front renders it in the protocol of the service. */
export class AwsError extends Error {
  readonly code: string;
  readonly status: number;

  constructor(code: string, message: string, status = 400) {
    super(message);
    this.name = 'AwsError';
    this.code = code;
    this.status = status;
  }
}
