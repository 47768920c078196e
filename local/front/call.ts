/** The runtime's own calls to a part in the AWS JSON protocol, without the weight of an SDK client. */

/** The access key of the runtime itself; the front lets it pass. */
export const RUNTIME_KEY = 'LOCALADMIN';

/** An AWS call that was answered with an error. */
export class AwsCallFailed extends Error {
  override readonly name = 'AwsCallFailed';
  readonly code: string;

  constructor(code: string, message: string) {
    super(`${code}: ${message}`);
    this.code = code;
  }
}

/** Calls `target` (e.g. `DynamoDB_20120810.ListTables`) on a loopback port; throws {@link AwsCallFailed}. */
export async function callAws<Answer = Record<string, unknown>>(call: {
  port: number;
  target: string;
  body: unknown;
  region: string;
  service?: string;
  timeoutMs?: number;
}): Promise<Answer> {
  const service = call.service ?? (call.target.startsWith('AmazonSQS') ? 'sqs' : 'dynamodb');
  const response = await fetch(`http://127.0.0.1:${call.port}/`, {
    method: 'POST',
    headers: {
      'content-type': 'application/x-amz-json-1.0',
      'x-amz-target': call.target,
      ...runtimeHeaders(service, call.region),
    },
    body: JSON.stringify(call.body),
    signal: AbortSignal.timeout(call.timeoutMs ?? 30_000),
  });
  const text = await response.text();
  const answer = (text === '' ? {} : JSON.parse(text)) as Answer & {
    __type?: string;
    message?: string;
    Message?: string;
  };
  if (!response.ok) {
    const code = (answer.__type ?? `Http${response.status}`).split('#').at(-1) ?? 'Unknown';
    throw new AwsCallFailed(code, answer.message ?? answer.Message ?? `${call.target} failed`);
  }
  return answer;
}

/** Headers that identify the runtime to the front and satisfy the parts, which check the form of a signature only. */
export function runtimeHeaders(service: string, region: string): Record<string, string> {
  const now = new Date().toISOString().replace(/[-:]|\.\d+/g, '');
  const credential = `${RUNTIME_KEY}/${now.slice(0, 8)}/${region}/${service}/aws4_request`;
  return {
    'x-amz-date': now,
    authorization: `AWS4-HMAC-SHA256 Credential=${credential}, SignedHeaders=host, Signature=local`,
  };
}
