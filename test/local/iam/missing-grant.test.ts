/** The whole stack on a template that lacks one grant: what needs it is refused, and nothing else is. */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { editGrants, without } from '#test/lib/edit-grants.ts';
import { startWholeStack, type Member, type WholeStack } from '#test/support/whole-stack.ts';

describe('[OPS-5] a template without one grant', () => {
  let stack: WholeStack;
  let owner: Member;

  beforeAll(async () => {
    stack = await startWholeStack((assembly) => {
      editGrants(assembly, /^httpauditRole/, without('dynamodb:UpdateItem'));
    });
    const [team] = await stack.found(1, ['owner']);
    if (team?.members[0] === undefined) throw new Error('nobody was founded');
    [owner] = team.members as [Member];
  }, 120_000);

  afterAll(async () => {
    // Undefined when it did not start.
    await (stack as WholeStack | undefined)?.stop();
  }, 60_000);

  const call = (path: string) =>
    fetch(`${stack.url}${path}`, {
      headers: { authorization: `Bearer ${owner.token}`, 'x-tenant-id': `ten_${owner.tenantId}` },
    });

  test('the function that needs it refuses, and says nothing of the reason', async () => {
    const answer = await call('/v1/audit-events');
    const body = await answer.text();
    expect([answer.status, answer.headers.get('content-type')]).toEqual([503, 'application/problem+json']);
    expect(answer.headers.get('retry-after')).not.toBeNull();
    expect(JSON.parse(body)).toMatchObject({ code: 'dependency.unavailable', status: 503 });
    expect(body).not.toMatch(/arn:|dynamodb|UpdateItem|AccessDenied|Role|authorized|table/i);
  });

  test('[GOV-3] the log names who may not do what on which resource', async () => {
    await call('/v1/audit-events');
    expect(stack.output()).toMatch(
      /User: arn:aws:sts::\d{12}:assumed-role\/[\w-]+httpauditRole\w+\/\S+ is not authorized to perform: dynamodb:UpdateItem on resource: arn:aws:dynamodb:us-east-1:\d{12}:table\/[\w-]+ /,
    );
  });

  test('the endpoints of another function work', async () => {
    const answer = await call('/v1/members');
    expect([answer.status, await answer.json()]).toEqual([
      200,
      expect.objectContaining({ nextCursor: null }),
    ]);
  });
});
