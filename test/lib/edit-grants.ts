/** Changes what roles may do in a synthesized assembly, for tests that grant too little or too much. */
import { globSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ofType, type Statement, type Template } from './synth.ts';

/**
 * Rewrites the statements of the policy whose logical id fits, in an assembly's folder.
 * @throws Error when nothing changes
 */
export function editGrants(
  folder: string,
  policy: RegExp,
  edit: (statements: Statement[]) => Statement[],
): void {
  let edits = 0;
  for (const file of globSync('*.template.json', { cwd: folder })) {
    const path = join(folder, file);
    const before = readFileSync(path, 'utf8');
    const template = JSON.parse(before) as Template;
    for (const [id, { Properties: properties }] of ofType(template, 'AWS::IAM::Policy')) {
      if (!policy.test(id)) continue;
      const document = properties?.PolicyDocument as { Statement: Statement[] };
      const old = JSON.stringify(document.Statement);
      document.Statement = edit(document.Statement);
      if (JSON.stringify(document.Statement) !== old) edits += 1;
    }
    writeFileSync(path, JSON.stringify(template));
  }
  if (edits !== 1) throw new Error(`${edits} policies changed that fit ${String(policy)}, not one`);
}

/** Statements without one action; a statement that has no other goes. */
export function without(action: string): (statements: Statement[]) => Statement[] {
  return (statements) =>
    statements.flatMap((statement) => {
      const rest = [statement.Action].flat().filter((one) => one !== action);
      return rest.length === 0 ? [] : [{ ...statement, Action: rest }];
    });
}
