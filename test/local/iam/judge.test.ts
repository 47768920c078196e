import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { judge } from '#local/iam/judge.ts';
import type { PolicyStatement } from '#local/iam/policy.ts';
import { wildcard } from '#local/iam/wildcard.ts';
import type { RequestContext } from '#local/iam/conditions.ts';

const TABLE = 'arn:aws:dynamodb:us-east-1:000000000000:table/gate';

function verdict(
  statements: PolicyStatement | PolicyStatement[],
  action: string,
  resource: string,
  context: RequestContext = {},
) {
  return judge({ policies: [{ Version: '2012-10-17', Statement: statements }], action, resource, context });
}

const allow = (
  Action: string | string[],
  Resource: string | string[],
  more: Partial<PolicyStatement> = {},
): PolicyStatement => ({
  Effect: 'Allow',
  Action,
  Resource,
  ...more,
});

describe('allow and deny', () => {
  test('[GOV-3] what no statement names is refused', () => {
    expect(verdict(allow('dynamodb:GetItem', TABLE), 'dynamodb:PutItem', TABLE)).toMatchObject({
      allowed: false,
      reason: 'no-statement',
    });
    expect(verdict(allow('dynamodb:GetItem', TABLE), 'dynamodb:GetItem', `${TABLE}2`).allowed).toBe(false);
    expect(judge({ policies: [], action: 's3:GetObject', resource: 'arn:aws:s3:::a/b' }).reason).toBe(
      'no-statement',
    );
  });

  test('[GOV-3] a denial beats any allowing statement, in whatever order they stand', () => {
    const deny: PolicyStatement = { Sid: 'Never', Effect: 'Deny', Action: 'dynamodb:Delete*', Resource: '*' };
    for (const order of [
      [deny, allow('*', '*')],
      [allow('*', '*'), deny],
    ]) {
      expect(verdict(order, 'dynamodb:DeleteItem', TABLE)).toMatchObject({
        allowed: false,
        reason: 'explicit-deny',
        statement: { policy: 0, statement: 'Never' },
      });
      expect(verdict(order, 'dynamodb:GetItem', TABLE).allowed).toBe(true);
    }
  });

  test('[GOV-3] the verdict names the granting statement by Sid or by index', () => {
    const statements = [allow('s3:GetObject', '*'), allow('sqs:SendMessage', '*')];
    expect(verdict(statements, 'sqs:SendMessage', 'arn:aws:sqs:us-east-1:000000000000:q').statement).toEqual({
      policy: 0,
      statement: 1,
    });
  });

  test('[GOV-3] actions compare without case, resources exactly', () => {
    expect(verdict(allow('DynamoDB:getitem', TABLE), 'dynamodb:GetItem', TABLE).allowed).toBe(true);
    expect(verdict(allow('dynamodb:GetItem', TABLE.toUpperCase()), 'dynamodb:GetItem', TABLE).allowed).toBe(
      false,
    );
  });

  test('[GOV-3] NotAction and NotResource exclude exactly what they name', () => {
    const all: PolicyStatement = { Effect: 'Allow', NotAction: 'iam:*', Resource: '*' };
    expect(verdict(all, 'iam:PassRole', '*').allowed).toBe(false);
    expect(verdict(all, 's3:GetObject', 'arn:aws:s3:::a/b').allowed).toBe(true);
    const outside: PolicyStatement = { Effect: 'Deny', Action: '*', NotResource: `${TABLE}*` };
    expect(
      verdict(
        [allow('*', '*'), outside],
        'dynamodb:GetItem',
        'arn:aws:dynamodb:us-east-1:000000000000:table/x',
      ).allowed,
    ).toBe(false);
    expect(verdict([allow('*', '*'), outside], 'dynamodb:GetItem', TABLE).allowed).toBe(true);
  });
});

describe('wildcards', () => {
  test.each([
    ['dynamodb:*Item', 'dynamodb:GetItem', true],
    ['dynamodb:*Item', 'dynamodb:Query', false],
    ['s3:Get?bject', 's3:GetObject', true],
    ['s3:Get?bject', 's3:Getbject', false],
    ['arn:aws:s3:::files/*', 'arn:aws:s3:::files/a/b c/d', true],
    ['arn:aws:s3:::files/*', 'arn:aws:s3:::filesx', false],
    ['a.c', 'abc', false],
    ['a(b)+[c]$*', 'a(b)+[c]$def', true],
  ])('[GOV-3] %s against %s is %s', (pattern, value, expected) => {
    expect(wildcard(pattern)(value)).toBe(expected);
  });

  test('[GOV-3] every value matches itself and itself between stars', () => {
    fc.assert(
      fc.property(
        fc.string().filter((text) => !/[*?]/.test(text)),
        fc.string(),
        (text, noise) => {
          expect(wildcard(text)(text)).toBe(true);
          expect(wildcard(`*${text}*`)(`${noise}${text}${noise}`)).toBe(true);
        },
      ),
    );
  });
});

describe('conditions', () => {
  const keys = (operator: string) =>
    allow('dynamodb:GetItem', TABLE, {
      Condition: { [operator]: { 'dynamodb:LeadingKeys': ['T#a', 'T#b'] } },
    });
  const asks = (operator: string, context: RequestContext) =>
    verdict(keys(operator), 'dynamodb:GetItem', TABLE, context).allowed;

  test.each<[string, RequestContext, boolean]>([
    ['ForAllValues:StringEquals', { 'dynamodb:LeadingKeys': ['T#a'] }, true],
    ['ForAllValues:StringEquals', { 'dynamodb:LeadingKeys': ['T#a', 'T#c'] }, false],
    ['ForAllValues:StringEquals', {}, true],
    ['ForAnyValue:StringEquals', { 'dynamodb:LeadingKeys': ['T#c', 'T#b'] }, true],
    ['ForAnyValue:StringEquals', { 'dynamodb:LeadingKeys': ['T#c'] }, false],
    ['ForAnyValue:StringEquals', {}, false],
    ['StringEquals', { 'dynamodb:LeadingKeys': 'T#a' }, true],
    ['StringEquals', {}, false],
    ['StringEqualsIfExists', {}, true],
    ['StringNotEquals', { 'dynamodb:LeadingKeys': 'T#a' }, false],
    ['StringNotEquals', {}, true],
  ])('[GOV-3] %s with %j is %s', (operator, context, expected) => {
    expect(asks(operator, context)).toBe(expected);
  });

  test('[GOV-3] StringLike, ArnLike and Bool compare as IAM does', () => {
    const like = (Condition: NonNullable<PolicyStatement['Condition']>, context: RequestContext) =>
      verdict(allow('s3:ListBucket', '*', { Condition }), 's3:ListBucket', 'arn:aws:s3:::a', context).allowed;
    expect(like({ StringLike: { 's3:prefix': 'tenant/*' } }, { 's3:prefix': 'tenant/1' })).toBe(true);
    expect(like({ StringLike: { 's3:prefix': 'tenant/*' } }, { 's3:prefix': 'other' })).toBe(false);
    expect(
      like(
        { ArnLike: { 'aws:PrincipalArn': 'arn:aws:iam::*:role/api-*' } },
        { 'aws:PrincipalArn': 'arn:aws:iam::0:role/api-x' },
      ),
    ).toBe(true);
    expect(like({ Bool: { 'aws:SecureTransport': 'true' } }, { 'aws:SecureTransport': true })).toBe(true);
    expect(like({ Bool: { 'aws:SecureTransport': 'false' } }, { 'aws:SecureTransport': true })).toBe(false);
  });

  test('[GOV-3] a verdict that looked at a condition says so', () => {
    expect(verdict(keys('StringEquals'), 'dynamodb:GetItem', TABLE).conditional).toBe(true);
    expect(verdict(keys('StringEquals'), 'dynamodb:PutItem', TABLE).conditional).toBe(false);
  });

  test('[GOV-3] an unknown operator or key is an error that names it, never a silent allow', () => {
    expect(() => asks('DateGreaterThan', {})).toThrow('Unknown condition operator DateGreaterThan');
    expect(() => asks('ForSomeValues:StringEquals', {})).toThrow('ForSomeValues:StringEquals');
    const odd = allow('s3:*', '*', { Condition: { StringEquals: { 'aws:PrincipalTag/team': 'a' } } });
    expect(() => verdict(odd, 's3:GetObject', 'arn:aws:s3:::a/b')).toThrow(
      'Unknown condition key aws:PrincipalTag/team',
    );
    expect(verdict(odd, 'sqs:SendMessage', 'arn:aws:sqs:us-east-1:0:q').allowed).toBe(false);
  });

  test('[GOV-3] unknown elements, effects and policy variables are refused when the policy is read', () => {
    const broken = [
      { ...allow('*', '*'), Principal: '*' },
      { ...allow('*', '*'), Effect: 'Maybe' },
      { Effect: 'Allow', Action: '*' },
      allow('s3:GetObject', 'arn:aws:s3:::a/${aws:username}/*'),
    ];
    for (const statement of broken)
      expect(() => verdict(statement, 's3:GetObject', 'x')).toThrow(/Unknown|exactly one/);
  });
});
