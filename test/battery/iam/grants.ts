/**
 * Everything that the roles of a cell may do, taken apart: one line for each role, action and resource. Found by
 * going through every IAM resource of the templates, so that no grant is left out because nobody thought of it.
 */
import { type Cell, ofType, rolePolicies } from '#local/template/readers.ts';

/** One thing that a role may do, with the place of its statement as decisions name it. */
export type Grant = {
  role: string;
  action: string;
  resource: string;
  policy: number;
  statement: string | number;
};

/** The kinds of IAM resources that can be taken apart. */
const known = ['AWS::IAM::Role', 'AWS::IAM::Policy', 'AWS::IAM::ManagedPolicy'];

/**
 * The grants of a cell.
 * @throws Error naming an IAM resource or statement that cannot be taken apart
 */
export function grantsOf(cell: Cell): Grant[] {
  const strange = cell.resources.find(({ type }) => type.startsWith('AWS::IAM::') && !known.includes(type));
  if (strange !== undefined) throw new Error(`${strange.stack}/${strange.logicalId} is an ${strange.type}`);
  const roles = rolePolicies(cell);
  const attached = new Set(roles.flatMap(({ policies }) => policies.map(({ name }) => name)));
  for (const { logicalId, stack } of ofType(cell, 'AWS::IAM::Policy', 'AWS::IAM::ManagedPolicy')) {
    if (!attached.has(logicalId)) throw new Error(`${stack}/${logicalId} is attached to no role`);
  }
  return roles.flatMap(({ name: role, policies }) =>
    policies.flatMap(({ name, statements }, policy): Grant[] => {
      // AWS's own policies for services that do not exist here are known by name alone.
      if (statements.length === 0) return [{ role, action: name, resource: '*', policy, statement: 0 }];
      return statements.flatMap((one, index) => {
        if (one.Effect === 'Deny') return [];
        const [actions, resources] = [listOf(one.Action), listOf(one.Resource)];
        if (actions === undefined || resources === undefined) {
          throw new Error(`${role}: a statement of ${name} says what is not granted`);
        }
        return actions.flatMap((action) =>
          resources.map((resource) => ({ role, action, resource, policy, statement: one.Sid ?? index })),
        );
      });
    }),
  );
}

/** A grant in one line. */
export function inWords({ role, action, resource }: Pick<Grant, 'role' | 'action' | 'resource'>): string {
  return `${role} may ${action} on ${resource}`;
}

function listOf(value: string | string[] | undefined): string[] | undefined {
  return value === undefined ? undefined : [value].flat();
}
