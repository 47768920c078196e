/**
 * The types of the console's client, from the API document. Headers that the client itself sends are left out, and so
 * are the kinds of refusal: every refusal is a Problem.
 */
import openapiTS, { astToString } from 'openapi-typescript';

const ownHeaders = new Set(['x-tenant-id', 'plinth-impersonate', 'idempotency-key']);

type Operation = {
  parameters?: { in: string; name: string }[];
  responses: Record<string, { headers?: unknown }>;
};

/** The text of `web/src/api/schema.d.ts`. */
export async function clientTypes(openapiJson: string): Promise<string> {
  const document = JSON.parse(openapiJson) as { paths: Record<string, Record<string, Operation>> };
  for (const operation of Object.values(document.paths).flatMap((path) => Object.values(path))) {
    simplify(operation);
  }
  const types = await openapiTS(JSON.stringify(document), { alphabetize: false });
  return `// Written by npm run generate from docs/generated/openapi.json.\n${astToString(types)}`;
}

function simplify(operation: Operation): void {
  const others = operation.parameters?.filter(
    ({ in: place, name }) => place !== 'cookie' && !ownHeaders.has(name),
  );
  if (others !== undefined) operation.parameters = others;
  const successes = Object.entries(operation.responses).filter(([status]) => status.startsWith('2'));
  for (const [, answer] of successes) delete answer.headers;
  operation.responses = {
    ...Object.fromEntries(successes),
    default: {
      description: 'A refusal',
      content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
    } as Operation['responses'][string],
  };
}
