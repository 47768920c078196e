/** Requirements, what serves them and what tests them fit together; each rule is broken once. */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import * as z from 'zod';
import { endpoint } from '#shared/contract/endpoint.ts';
import { event } from '#shared/contract/event.ts';
import { job } from '#shared/contract/job.ts';
import { module } from '#shared/contract/module.ts';
import type { Requirement } from '#shared/contract/requirements.ts';
import { type KernelDatabase, kernelDatabase } from '#test/support/kernel-database.ts';
import {
  type Citation,
  type CitingKind,
  moduleCitations,
  permissionCitations,
  projectCitations,
  tableCitation,
  tableCitations,
  testCitation,
  textCitation,
  citingKinds,
} from '../../bin/documents/citations.ts';
import { problemsOf, trace } from '../../bin/documents/trace.ts';

describe('[GOV-1] the project', () => {
  const citations = projectCitations();

  test('cites requirements that exist, for all that must, and claims none without a test', () => {
    expect(problemsOf(citations)).toEqual([]);
  });

  test('is read: every kind of citation is found', () => {
    const kinds = new Set(citations.map(({ kind }) => kind));
    expect(kinds).toEqual(new Set(citingKinds));
  });
});

describe('[GOV-1] the tables of the live database', () => {
  let database: KernelDatabase;
  let live: Citation[];
  beforeAll(async () => {
    database = await kernelDatabase();
    const { rows } = await database.admin.query<{ relname: string; comment: string | null }>(
      `select relname, obj_description(oid, 'pg_class') as comment from pg_class
       where relnamespace = 'app'::regnamespace and relkind in ('r', 'p')`,
    );
    live = rows.map(({ relname, comment }) => tableCitation(relname, comment));
  });
  afterAll(() => database.drop());

  test('cite a requirement each', () => {
    expect(live.length).toBeGreaterThan(0);
    expect(problemsOf(live, sound).filter((problem) => problem.includes('serves no requirement'))).toEqual(
      [],
    );
  });

  test('are those that the migrations were read to create', () => {
    const read = projectCitations().filter(({ kind }) => kind === 'table');
    const byName = (a: Citation, b: Citation) => a.name.localeCompare(b.name);
    expect(read.toSorted(byName)).toEqual(live.toSorted(byName));
  });
});

const sound: Record<string, Requirement> = {
  'TEN-1': { title: 'a', status: 'served' },
  'TEN-2': { title: 'b', status: 'partly', missing: 'c' },
  'TEN-3': { title: 'd', status: 'planned' },
};
const cite = (kind: CitingKind, name: string, ...requirements: string[]): Citation => {
  return { kind, name, requirements };
};
const enough: Citation[] = [
  cite('endpoint', 'GET /v1/x', 'TEN-1'),
  cite('code', 'lib/x.ts', 'TEN-2'),
  cite('test', 'test/x.test.ts', 'TEN-1', 'TEN-2'),
];

describe('[GOV-1] each rule finds what breaks it', () => {
  test('nothing is wrong with a sound project', () => {
    expect(problemsOf(enough, sound)).toEqual([]);
  });

  const broken: [string, Citation[], string][] = [
    ...(
      [
        'endpoint',
        'event',
        'job',
        'workflow',
        'report',
        'table',
        'permission',
        'test',
        'code',
        'document',
      ] as const
    ).map((kind): [string, Citation[], string] => [
      `an unknown id in a ${kind}`,
      [...enough, cite(kind, 'x', 'TEN-1', 'TEN-99')],
      `${kind} x cites TEN-99, which does not exist: correct the id, or add it to shared/contract/requirements.ts.`,
    ]),
    ...(['endpoint', 'event', 'job', 'workflow', 'report'] as const).map(
      (kind): [string, Citation[], string] => [
        `a ${kind} without a requirement`,
        [...enough, cite(kind, 'x')],
        `${kind} x serves no requirement: write requirements: ['…'] in its declaration, with an id of shared/contract/requirements.ts.`,
      ],
    ),
    [
      'a table without a requirement',
      [...enough, cite('table', 'notes')],
      "table notes serves no requirement: add to its migration: comment on table app.notes is '… [TEN-5]', with an id of shared/contract/requirements.ts.",
    ],
    [
      'a permission that no endpoint requires',
      [...enough, cite('permission', 'notes:read')],
      'permission notes:read serves no requirement: require it in the contract of an endpoint.',
    ],
    [
      'a requirement that is served and not tested',
      enough.map((citation) =>
        citation.kind === 'test' ? { ...citation, requirements: ['TEN-2'] } : citation,
      ),
      "TEN-1 is served in shared/contract/requirements.ts, but no test cites it: title one '[TEN-1] …', or call it planned.",
    ],
    [
      'a requirement that is partly served and not tested',
      enough.map((citation) =>
        citation.kind === 'test' ? { ...citation, requirements: ['TEN-1'] } : citation,
      ),
      "TEN-2 is partly in shared/contract/requirements.ts, but no test cites it: title one '[TEN-2] …', or call it planned.",
    ],
    [
      'a requirement that is tested and served by nothing',
      enough.filter(({ kind }) => kind !== 'code'),
      'TEN-2 is partly in shared/contract/requirements.ts, but nothing serves it: cite it where it is done, or call it planned.',
    ],
    [
      'a planned requirement that an endpoint serves already',
      [...enough, cite('endpoint', 'GET /v1/y', 'TEN-3')],
      'TEN-3 is planned in shared/contract/requirements.ts, but endpoint GET /v1/y cites it: call it served, or partly.',
    ],
  ];
  test.each(broken)('%s', (_what, citations, message) => {
    expect(problemsOf(citations, sound)).toEqual([message]);
  });

  test('a document alone serves nothing', () => {
    const documented = [...enough.filter(({ kind }) => kind !== 'code'), cite('document', 'x.md', 'TEN-2')];
    expect(problemsOf(documented, sound)).toHaveLength(1);
  });
});

describe('[GOV-1] citations are read from', () => {
  test('contracts, events and jobs; permissions have those of the endpoints that require them', () => {
    const declared = module({
      name: 'notes',
      summary: 'x',
      contract: {
        list: endpoint({
          ...{ plane: 'tenant', method: 'GET', path: '/v1/notes', summary: 'x', output: z.object({}) },
          ...{ rate: 'standard', capability: 'tenancy', permission: 'tenant:read', requirements: ['TEN-5'] },
        }),
      },
      events: { made: event({ type: 'made', summary: 'x', data: z.object({}), requirements: ['TEN-2'] }) },
      jobs: { go: job({ name: 'notes.go', summary: 'x', payload: z.object({}), requirements: ['TEN-8'] }) },
      needs: {},
    });
    expect(moduleCitations([declared])).toEqual([
      cite('endpoint', 'GET /v1/notes', 'TEN-5'),
      cite('event', 'made', 'TEN-2'),
      cite('job', 'notes.go', 'TEN-8'),
    ]);
    const permissions = permissionCitations([declared]);
    expect(permissions).toContainEqual(cite('permission', 'tenant:read', 'TEN-5'));
    expect(permissions).toContainEqual(cite('permission', 'audit:read'));
  });

  test('comments of tables, also where they contain quotes; a table without one cites nothing', () => {
    const sql = `
      create table app.notes (id uuid); -- comment on table app.notes is 'not this one [TEN-1]';
      comment on table app.notes is 'A tenant''s notes [TEN-5, TEN-8]';
      create table app.bare (id uuid);`;
    expect(tableCitations(sql)).toEqual([cite('table', 'notes', 'TEN-5', 'TEN-8'), cite('table', 'bare')]);
  });

  test('titles of tests, and nothing else in their files', () => {
    const text = `
      const fixture = '[TEN-9] no title';
      describe('[TEN-1] a', () => { test.each([['[TEN-9]']])('[TEN-2] %s', () => log('[TEN-9]')); });
      test(\`[TEN-10, SEC-1] \${name}\`, () => {});`;
    expect(testCitation('test/a.test.ts', text)).toEqual(
      cite('test', 'test/a.test.ts', 'SEC-1', 'TEN-1', 'TEN-2', 'TEN-10'),
    );
  });

  test('texts, where an area of requirements is named; other names with a number are none', () => {
    const text = 'As TEN-5 and AI-3 say, in UTF-8, by RFC-9457 and SHA-256. (TEN-5)';
    expect(textCitation('code', 'a.ts', text)).toEqual(cite('code', 'a.ts', 'AI-3', 'TEN-5'));
  });

  test('and followed to their requirement, kind by kind', () => {
    const [first] = trace(enough, sound);
    expect(first).toMatchObject({ id: 'TEN-1', citedBy: { endpoint: ['GET /v1/x'], table: [] } });
  });
});
