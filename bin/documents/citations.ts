/**
 * Who cites which requirement: the registry's endpoints, events, jobs, workflows and reports, the comments of tables, the titles of
 * tests, and ids in code and documents. Permissions cite what the endpoints that require them cite.
 */
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';
import { endpointsOf, type Module } from '#shared/contract/module.ts';
import { platformPermissions, tenantPermissions } from '#shared/contract/permissions.ts';
import { sensitiveReports } from '#shared/contract/report.ts';
import { requirementAreas } from '#shared/contract/requirements.ts';
import { registry } from '#shared/registry.ts';

/** What can cite a requirement. */
export const citingKinds = [
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
] as const;

export type CitingKind = (typeof citingKinds)[number];

/** Something and the requirements that it cites. */
export type Citation = { kind: CitingKind; name: string; requirements: readonly string[] };

/** The root folder of the project. */
export const root = join(import.meta.dirname, '..', '..');

/** All citations of the project. */
export function projectCitations(): Citation[] {
  const modules = Object.values(registry);
  return [
    ...moduleCitations(modules),
    ...permissionCitations(modules),
    ...tableCitations(files('shared/db/migrations/*.sql').map(textOf).join('\n')),
    ...files('test/**/*.{test,story}.ts').map((path) => testCitation(path, textOf(path))),
    ...files('{test/battery,bench}/*.ts')
      .filter((path) => !path.endsWith('.test.ts'))
      .map((path) => textCitation('test', path, textOf(path))),
    ...files('{shared,functions,lib,local,web,bin}/**/*.{ts,js,mjs}')
      .filter((path) => !isCitedOtherwise(path))
      .map((path) => textCitation('code', path, textOf(path))),
    ...files('{README.md,docs/*.md,docs/decisions/*.md}').map((path) =>
      textCitation('document', path, textOf(path)),
    ),
  ].filter(({ kind, requirements }) => mustCite(kind) || requirements.length > 0);
}

/** Whether each of this kind has to cite something. */
export function mustCite(kind: CitingKind): boolean {
  return !['test', 'code', 'document'].includes(kind);
}

/** What the endpoints, events, jobs, workflows and reports of some modules cite. */
export function moduleCitations(modules: readonly Module[]): Citation[] {
  return [
    ...endpointsOf(modules).map(({ endpoint: { method, path, requirements } }) => ({
      ...{ kind: 'endpoint' as const, name: `${method} ${path}`, requirements },
    })),
    ...modules.flatMap(({ events, jobs, workflows, reports }) => [
      ...Object.values(events).map(({ type, requirements }) => ({
        ...{ kind: 'event' as const, name: type, requirements },
      })),
      ...Object.values(jobs).map(({ name, requirements }) => ({
        ...{ kind: 'job' as const, name, requirements },
      })),
      ...Object.values(workflows).map(({ name, requirements }) => ({
        ...{ kind: 'workflow' as const, name, requirements },
      })),
      ...Object.values(reports).map(({ id, requirements }) => ({
        ...{ kind: 'report' as const, name: id, requirements },
      })),
    ]),
  ];
}

/** What each permission of the catalogue is there for: whatever its endpoints and reports cite. */
export function permissionCitations(modules: readonly Module[]): Citation[] {
  const guarded = [
    ...endpointsOf(modules).map(({ endpoint }) => endpoint),
    ...modules.flatMap(({ reports }) => Object.values(reports)),
    sensitiveReports,
  ];
  return [...Object.keys(tenantPermissions), ...Object.keys(platformPermissions)].map((name) => {
    const requiring = guarded.filter(({ permission }) => permission === name);
    return {
      kind: 'permission',
      name,
      requirements: sorted(requiring.flatMap(({ requirements }) => requirements)),
    };
  });
}

/** What the tables of some migrations cite at the end of their comments. A test compares it with a database. */
export function tableCitations(sql: string): Citation[] {
  const statements = sql.replaceAll(/--.*$/gm, '');
  const comments = new Map(
    [...statements.matchAll(/comment\s+on\s+table\s+app\.(\w+)\s+is\s+'((?:[^']|'')*)'/gi)].map(
      ([, table = '', comment = '']) => [table, comment.replaceAll("''", "'")],
    ),
  );
  const created = [...statements.matchAll(/create\s+table\s+(?:if\s+not\s+exists\s+)?app\.(\w+)/gi)];
  return created.map(([, table = '']) => tableCitation(table, comments.get(table)));
}

/** What one table cites. */
export function tableCitation(table: string, comment: string | null | undefined): Citation {
  return { kind: 'table', name: table, requirements: bracketed(comment ?? '') };
}

/** What the titles of the tests of a file cite; other texts in it are no citations. */
export function testCitation(path: string, text: string): Citation {
  const titles: string[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isCallExpression(node)) {
      const [title] = node.arguments;
      const called = /^(test|it|describe)\b/.test(node.expression.getText(source));
      if (called && title !== undefined && ts.isStringLiteralLike(title)) titles.push(title.text);
      if (called && title !== undefined && ts.isTemplateExpression(title)) titles.push(title.head.text);
    }
    ts.forEachChild(node, visit);
  };
  const source = ts.createSourceFile(path, text, ts.ScriptTarget.Latest);
  visit(source);
  return { kind: 'test', name: path, requirements: sorted(titles.flatMap(bracketed)) };
}

/** What a text cites: every id of a known area, wherever it stands. */
export function textCitation(kind: CitingKind, path: string, text: string): Citation {
  const ids = new RegExp(`\\b(?:${Object.keys(requirementAreas).join('|')})-\\d+\\b`, 'g');
  return { kind, name: path, requirements: sorted(text.match(ids) ?? []) };
}

/** Ids in brackets, `[TEN-4]` or `[TEN-4, TEN-5]`; of an area that does not exist as well. */
function bracketed(text: string): string[] {
  const groups = text.match(/\[[A-Z]{2,4}-\d+(?:, ?[A-Z]{2,4}-\d+)*\]/g) ?? [];
  return sorted(groups.flatMap((group) => group.slice(1, -1).split(/, ?/)));
}

/** Each once, in the order of their numbers. */
function sorted(ids: readonly string[]): string[] {
  return [...new Set(ids)].sort((a, b) => a.localeCompare(b, 'en', { numeric: true }));
}

/** Contracts are cited through their endpoints; the list itself cites everything. */
function isCitedOtherwise(path: string): boolean {
  return /\.(contract|events)\.ts$/.test(path) || path === 'shared/contract/requirements.ts';
}

function files(pattern: string): string[] {
  return globSync(pattern, { cwd: root, exclude: ['**/node_modules/**'] })
    .map((path) => path.replaceAll('\\', '/'))
    .sort();
}

function textOf(path: string): string {
  return readFileSync(join(root, path), 'utf8');
}
