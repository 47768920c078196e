/** Parses path, query and body into the operation's flat input; says what is wrong, field by field. */
import type { z } from 'zod';
import type { EndpointFacts } from '../contract/endpoint.ts';
import { fail, problems } from '../contract/errors.ts';
import { type ApiEvent, header, type Link } from './exchange.ts';

type Mistake = { path: string; message: string };

/** Requires input that fits the contract's schemas; unknown fields are refused. */
export function parseInput(): Link {
  return {
    before: ({ event, context: { exchange } }) => {
      exchange.input = inputOf(event, exchange.called.endpoint);
    },
  };
}

/**
 * The input of an endpoint, out of a gateway event.
 * @throws Failure `request.invalid` listing every mistake
 */
export function inputOf(event: ApiEvent, endpoint: EndpointFacts): Record<string, unknown> {
  const mistakes: Mistake[] = [];
  const read = (part: string, schema: z.ZodType, value: unknown): object => {
    const parsed = schema.safeParse(value);
    if (parsed.success) {
      mistakes.push(...unstorableIn(parsed.data, [part]));
      return parsed.data as object;
    }
    mistakes.push(
      ...parsed.error.issues.map((issue) => ({
        path: [part, ...issue.path].join('.'),
        message: issue.message,
      })),
    );
    return {};
  };
  const input = {
    ...read('path', endpoint.params, event.pathParameters ?? {}),
    ...read('query', endpoint.query, queryOf(event)),
    ...(endpoint.body === undefined ? {} : read('body', endpoint.body, jsonOf(event))),
  };
  if (mistakes.length > 0) throw fail(problems.invalidInput, { errors: mistakes });
  return input;
}

/** What a JSON string may hold and a text of the database may not: NUL, and half of a surrogate pair. */
function unstorableIn(value: unknown, path: string[]): Mistake[] {
  if (typeof value === 'string') {
    if (value.includes('\0')) return [{ path: path.join('.'), message: 'contains a null character' }];
    return value.isWellFormed() ? [] : [{ path: path.join('.'), message: 'is not valid Unicode' }];
  }
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, inner]) => unstorableIn(inner, [...path, name]));
}

function queryOf(event: ApiEvent): Record<string, string | undefined> {
  const repeated = Object.entries(event.multiValueQueryStringParameters ?? {}).find(
    ([, values]) => (values?.length ?? 0) > 1,
  );
  if (repeated !== undefined) throw invalid(`query.${repeated[0]}`, 'is given more than once');
  return event.queryStringParameters ?? {};
}

function jsonOf(event: ApiEvent): unknown {
  if (event.body === null || event.body === '') throw invalid('body', 'is missing');
  const type = header(event, 'content-type')?.split(';')[0]?.trim().toLowerCase();
  if (type !== 'application/json') throw invalid('body', 'must be sent as application/json');
  const text = event.isBase64Encoded ? Buffer.from(event.body, 'base64').toString('utf8') : event.body;
  try {
    return JSON.parse(text) as unknown;
  } catch (error) {
    throw invalid('body', 'is not JSON', error);
  }
}

function invalid(path: string, message: string, cause?: unknown) {
  return fail(problems.invalidInput, { errors: [{ path, message }], cause });
}
