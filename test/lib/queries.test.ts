/** The saved questions: they are there, they ask of lines that functions write, and the runbook names them rightly. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, expect, test } from '@jest/globals';
import { type QueryRow, queryTable } from '#lib/operations/query-table.ts';
import { ofType, type Synthesized, synthesize } from './synth.ts';

const root = join(import.meta.dirname, '../..');
const rows = Object.entries<QueryRow>(queryTable);
const read = (file: string): string => readFileSync(join(root, file), 'utf8');

let cell: Synthesized;
beforeAll(() => {
  cell = synthesize();
});

test.each(rows)('[OPS-1] "%s" is saved for whom it is about', (name, { of, query }) => {
  for (const stack of ['http', 'jobs'] as const) {
    const found = ofType(cell.templates[stack], 'AWS::Logs::QueryDefinition').filter(
      ([, { Properties: properties }]) => properties?.Name === `plinth-dev-us/${stack}/${name}`,
    );
    expect(found).toHaveLength(of.includes(stack) ? 1 : 0);
    for (const [, { Properties: properties }] of found) {
      expect(properties?.QueryString).toBe(query.join('\n| '));
      // What a query may be over at most.
      expect((properties?.LogGroupNames as unknown[]).length).toBeLessThanOrEqual(50);
    }
  }
});

test('[OPS-1] asks of lines that the functions write', () => {
  const written = ['telemetry', 'consume', 'attempts']
    .map((file) => read(`shared/middleware/${file}.ts`))
    .join();
  const messages = rows.flatMap(([, { query }]) =>
    query.flatMap((line) => /message = '([^']+)'/.exec(line)?.[1] ?? []),
  );
  expect(messages.filter((message) => !written.includes(`'${message}'`))).toEqual([]);
});

test('[OPS-8] the runbook names only questions that are saved', () => {
  const named = [...read('docs/runbooks/alarms.md').matchAll(/[Qq]uery `([^`]+)`/g)].map(
    ([, name = '']) => name,
  );
  expect(named.length).toBeGreaterThan(5);
  expect(named.filter((name) => !Object.hasOwn(queryTable, name))).toEqual([]);
});

test('[OPS-1] tenants are ranked by the lines of the API, and none is a dimension of a metric', () => {
  const rankings = ofType(cell.templates.observability, 'AWS::CloudWatch::InsightRule').map(
    ([, { Properties: properties }]) =>
      JSON.parse(String(properties?.RuleBody)) as {
        LogGroupNames: string[];
        Contribution: { Keys: string[] };
      },
  );
  expect(rankings.length).toBeGreaterThan(0);
  for (const { LogGroupNames: groups, Contribution: contribution } of rankings) {
    expect(groups).toEqual(['plinth-dev-us-http-*']);
    expect(contribution.Keys).toEqual(['$.tenantId']);
  }
  expect(read('shared/middleware/telemetry.ts')).not.toMatch(/addDimensions?\([^)]*tenant/i);
});
