/** Services of the query protocol: the action and its parameters stand in a form, the answer is XML. */
import { answerXml } from './answer.ts';
import { notImplemented, type Served } from './json.ts';
import { queryNeeds } from './needs/query.ts';
import { readBody } from './request.ts';

export async function serveQuery(served: Served): Promise<void> {
  const { request, response, service, caller, gate, place, options } = served;
  const body = Object.fromEntries(new URLSearchParams((await readBody(request)).toString()));
  const { Action: action = '' } = body;
  if (caller !== undefined) {
    const needs = queryNeeds(place, service, action, body);
    if (needs === undefined)
      throw notImplemented(service, action, 'it is not known which resources it touches');
    await gate.check(caller, service, needs);
  }
  const handler = options.parts.handlers[service];
  if (handler === undefined) throw notImplemented(service, action, 'nobody answers this service');
  const { region } = place;
  const answer = await handler({ service, action, body, region, caller: caller?.role ?? 'anonymous' });
  answerXml(response, action, answer.body);
}
