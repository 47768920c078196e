/** The report of grants that nothing uses: it must find what is too much, and refuse reasons that no longer hold. */
import { beforeAll, describe, expect, test } from '@jest/globals';
import type { Decision } from '#local/front/front.ts';
import { readCell } from '#local/template/readers.ts';
import { editGrants } from '#test/lib/edit-grants.ts';
import { synthesize } from '#test/lib/synth.ts';
import { facts } from '#test/local/template/facts.ts';
import { explained } from './iam/explained.ts';
import { type Grant, grantsOf, inWords } from './iam/grants.ts';
import { usageOf } from './iam/usage.ts';

describe('[OPS-5] grants that nothing uses', () => {
  let folder: string;
  let grants: Grant[];
  let decisions: Decision[];

  /** As if everything were used that no explanation speaks of. */
  beforeAll(() => {
    ({ folder } = synthesize());
    grants = grantsOf(readCell(folder, facts));
    const { unexplained } = usageOf(grants, [], explained);
    decisions = unexplained.map(useOf);
  });

  test('every explanation fits a grant of the template, and says why in one sentence', () => {
    expect(usageOf(grants, decisions, explained)).toMatchObject({
      unexplained: [],
      stale: [],
      notMissed: [],
    });
    for (const { why } of explained) expect(why).toMatch(/^[A-Z][^.]+\.$/);
  });

  test('a template with one grant more is reported with that grant', () => {
    editGrants(folder, /^httpauditRole/, (statements) => [
      ...statements,
      { Effect: 'Allow', Action: 'dynamodb:DeleteItem', Resource: 'arn:aws:dynamodb:*:*:table/gate' },
    ]);
    const { unexplained } = usageOf(grantsOf(readCell(folder, facts)), decisions, explained);
    expect(unexplained.map(inWords)).toEqual([
      expect.stringMatching(
        /httpauditRole\w+ may dynamodb:DeleteItem on arn:aws:dynamodb:\*:\*:table\/gate$/,
      ),
    ]);
  });

  test('what is granted twice is reported once, and missed by nobody', () => {
    const [first] = decisions.flatMap(({ role, action }) =>
      grants.filter((grant) => grant.role === role && grant.action === action),
    );
    if (first === undefined) throw new Error('nothing is granted');
    const again = { ...first, statement: 'again' };
    const usage = usageOf([...grants, again], decisions, explained);
    expect([usage.unexplained, usage.notMissed]).toEqual([[again], [first]]);
  });

  test('an explanation of what is used, or of nothing, does not hold', () => {
    const [used] = decisions;
    const wrong = { action: new RegExp(`^${used?.action}$`), why: 'Nobody uses it.' };
    expect(usageOf(grants, decisions, [...explained, wrong]).stale).toContainEqual(
      expect.stringMatching(/and uses it, although: Nobody uses it\.$/),
    );
    const idle = { action: /^sns:/, why: 'For later.' };
    expect(usageOf(grants, decisions, [...explained, idle]).stale).toEqual([
      'nothing is granted any more that this explains: For later.',
    ]);
  });

  test('a call that was refused is reported, and uses nothing', () => {
    const [used, ...others] = decisions;
    if (used === undefined) throw new Error('nothing is used');
    const { denied, unexplained } = usageOf(grants, [{ ...used, allowed: false }, ...others], explained);
    expect(denied).toEqual([`${used.role} may not ${used.action} on ${used.resource}`]);
    expect(unexplained.map(inWords)).toEqual([inWords(used)]);
  });
});

function useOf({ role, action, resource, policy, statement }: Grant): Decision {
  const service = action.split(':')[0] ?? '';
  return { role, service, action, resource, allowed: true, statement: { policy, statement } };
}
