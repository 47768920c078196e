/** The traceability matrix as a document to read and as data. */
import { requirementAreas } from '#shared/contract/requirements.ts';
import type { Citation, CitingKind } from './citations.ts';
import { trace, type Traced } from './trace.ts';

const labels: Readonly<Record<CitingKind, string>> = {
  endpoint: 'endpoints',
  event: 'events',
  job: 'jobs',
  workflow: 'workflows',
  report: 'reports',
  table: 'tables',
  permission: 'permissions',
  test: 'tests',
  code: 'code',
  document: 'documents',
};

/** The matrix as Markdown: what is claimed with all that cites it, and what is planned. */
export function traceabilityMarkdown(citations: readonly Citation[]): string {
  const traced = trace(citations);
  const count = (status: string) => traced.filter(({ requirement }) => requirement.status === status).length;
  const areas = Object.entries(requirementAreas).flatMap(([area, title]) => {
    const own = traced.filter(({ id }) => id.startsWith(`${area}-`));
    return [`## ${area} · ${title}`, '', ...own.flatMap(entryOf)];
  });
  return [
    '# Traceability',
    '',
    'Which endpoints, events, jobs, tables, permissions, tests, code and documents cite which requirement. Written by `npm run generate` from the citations themselves; a test fails while it is stale, when an id does not exist, when something cites nothing, and when a requirement is claimed without a test.',
    '',
    `${count('served')} requirements are served, ${count('partly')} partly, ${count('planned')} are planned. What each says and claims stands in \`shared/contract/requirements.ts\`.`,
    '',
    ...areas,
  ].join('\n');
}

/** The matrix as data: one object for each requirement. */
export function traceabilityJson(citations: readonly Citation[]): string {
  const rows = trace(citations).map(({ id, requirement, citedBy }) => {
    const byLabel = Object.entries(citedBy).map(([kind, names]) => [labels[kind as CitingKind], names]);
    return { id, ...requirement, ...(Object.fromEntries(byLabel) as Record<string, string[]>) };
  });
  return `${JSON.stringify(rows, null, 2)}\n`;
}

function entryOf({ id, requirement, citedBy }: Traced): string[] {
  if (requirement.status === 'planned') return [`**${id}** ${requirement.title}: planned.`, ''];
  const cited = Object.entries(citedBy).filter(([, names]) => names.length > 0);
  return [
    `**${id}** ${requirement.title}: ${requirement.status}.${requirement.status === 'partly' ? ` Missing: ${requirement.missing}.` : ''}`,
    '',
    ...cited.map(([kind, names]) => {
      const quoted = names.map((name) => `\`${name}\``).join(', ');
      return `- ${labels[kind as CitingKind]}: ${quoted}`;
    }),
    '',
  ];
}
