/** Follows citations to requirements, and says what does not fit, with what to do about it. */
import { type Requirement, requirements as claimed } from '#shared/contract/requirements.ts';
import { type Citation, type CitingKind, citingKinds, mustCite } from './citations.ts';

/** A requirement and the names of what cites it, by kind. */
export type Traced = { id: string; requirement: Requirement; citedBy: Record<CitingKind, string[]> };

type Requirements = Readonly<Record<string, Requirement>>;

const list = 'shared/contract/requirements.ts';

/** Every requirement with what cites it. */
export function trace(citations: readonly Citation[], requirements: Requirements = claimed): Traced[] {
  return Object.entries(requirements).map(([id, requirement]) => {
    const citing = citations.filter((citation) => citation.requirements.includes(id));
    const byKind = citingKinds.map((kind) => [
      kind,
      citing.filter((citation) => citation.kind === kind).map(({ name }) => name),
    ]);
    return { id, requirement, citedBy: Object.fromEntries(byKind) as Record<CitingKind, string[]> };
  });
}

/** What does not fit between the citations and the claims, one sentence each; nothing when all does. */
export function problemsOf(citations: readonly Citation[], requirements: Requirements = claimed): string[] {
  return [
    ...citations.flatMap((citation) => ofCitation(citation, requirements)),
    ...trace(citations, requirements).flatMap(ofRequirement),
  ];
}

function ofCitation({ kind, name, requirements: cited }: Citation, requirements: Requirements): string[] {
  const unknown = cited.filter((id) => !Object.hasOwn(requirements, id));
  return [
    ...unknown.map(
      (id) => `${kind} ${name} cites ${id}, which does not exist: correct the id, or add it to ${list}.`,
    ),
    ...(mustCite(kind) && cited.length === 0
      ? [`${kind} ${name} serves no requirement: ${howToCite(kind, name)}.`]
      : []),
  ];
}

function howToCite(kind: CitingKind, name: string): string {
  if (kind === 'permission') return 'require it in the contract of an endpoint';
  if (kind === 'table') {
    return `add to its migration: comment on table app.${name} is '… [TEN-5]', with an id of ${list}`;
  }
  return `write requirements: ['…'] in its declaration, with an id of ${list}`;
}

function ofRequirement({ id, requirement, citedBy }: Traced): string[] {
  const serving = citingKinds.filter((kind) => kind !== 'test' && kind !== 'document');
  const behaving = (['endpoint', 'event', 'job', 'workflow', 'report', 'table'] as const).flatMap((kind) =>
    citedBy[kind].map((name) => `${kind} ${name}`),
  );
  if (requirement.status === 'planned') {
    return behaving.length === 0
      ? []
      : [`${id} is planned in ${list}, but ${behaving.join(', ')} cites it: call it served, or partly.`];
  }
  return [
    ...(citedBy.test.length === 0
      ? [
          `${id} is ${requirement.status} in ${list}, but no test cites it: title one '[${id}] …', or call it planned.`,
        ]
      : []),
    ...(serving.every((kind) => citedBy[kind].length === 0)
      ? [
          `${id} is ${requirement.status} in ${list}, but nothing serves it: cite it where it is done, or call it planned.`,
        ]
      : []),
  ];
}
