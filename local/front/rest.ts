/** Services of the REST-JSON protocol: SES v2, Scheduler, Lambda, End User Messaging Social, Bedrock. */
import { AwsError } from '../parts/contract.ts';
import { answerJson } from './answer.ts';
import { type Served, notImplemented, toHandler } from './json.ts';
import { restCall } from './needs/rest.ts';
import { parseBody, readBody } from './request.ts';

export async function serveRest(served: Served): Promise<void> {
  const { request, service, caller, gate, place } = served;
  const url = new URL(request.url ?? '/', 'http://front');
  if (service === 'bedrock') return askModel(served, url);
  const raw = await readBody(request);
  // What Lambda is invoked with is the function's own, and may be any JSON value.
  const payload = service === 'lambda' ? {} : parseBody(raw);
  const call = restCall(place, service, request.method ?? 'GET', url, payload);
  if (call === undefined)
    throw notImplemented(service, `${request.method} ${url.pathname}`, 'nobody answers this path');
  if (caller !== undefined) await gate.check(caller, service, call.needs);
  if (service === 'lambda') return invokeFunction(served, call.body, raw);
  return toHandler(served, call.action, call.body);
}

/** Which model is asked stands in the path: prompts and answers pass through as they come. */
async function askModel(served: Served, url: URL): Promise<void> {
  const { request, response, caller, gate, place, forwarder, options } = served;
  const call = restCall(place, 'bedrock', request.method ?? 'GET', url, {});
  if (call === undefined)
    throw notImplemented('bedrock', `${request.method} ${url.pathname}`, 'nobody answers this path');
  if (caller !== undefined) await gate.check(caller, 'bedrock', call.needs);
  const port = options.parts.modelsPort;
  if (port === undefined) {
    throw new AwsError('ServiceUnavailableException', 'Nothing stands in for Amazon Bedrock here', 503);
  }
  return forwarder.send(request, response, { port, path: url.pathname });
}

async function invokeFunction(served: Served, body: Record<string, unknown>, raw: Buffer): Promise<void> {
  const { options, request, response } = served;
  const { invoke } = options;
  if (invoke === undefined) throw notImplemented('lambda', 'Invoke', 'nobody hosts functions here');
  const event: unknown = raw.length === 0 ? {} : JSON.parse(raw.toString());
  const name = String(body.FunctionName);
  const type = request.headers['x-amz-invocation-type'] ?? 'RequestResponse';
  const headers = { 'content-type': 'application/json', 'x-amz-executed-version': '$LATEST' };

  if (type === 'DryRun') return answerJson(response, 204, undefined, headers);
  if (type === 'Event') {
    void invoke(name, event).then(
      (result) => {
        if (!result.ok) options.log(`${name}: ${result.errorType}: ${result.errorMessage}`);
      },
      (error: unknown) => options.log(`${name}: ${String(error)}`),
    );
    return answerJson(response, 202, {}, headers);
  }
  const result = await invoke(name, event);
  if (result.ok) return answerJson(response, 200, result.payload ?? null, headers);
  const { errorType, errorMessage } = result;
  answerJson(response, 200, { errorType, errorMessage }, { ...headers, 'x-amz-function-error': 'Unhandled' });
}
