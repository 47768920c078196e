import { rmSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { EventBridgeClient, PutEventsCommand, type PutEventsRequestEntry } from '@aws-sdk/client-eventbridge';
import { type Front, startFront } from '#local/front/front.ts';
import { type Deliver, type Events, startEvents } from '#local/parts/events/events.ts';
import { compilePattern } from '#local/parts/events/pattern.ts';
import { compilePath, compileShape } from '#local/parts/events/shape.ts';
import type { Rule, Target } from '#local/template/signals.ts';
import { accountId, region, settingsFor, temporaryState } from '../front/stack.ts';

describe('patterns', () => {
  const event = {
    source: 'plinth',
    'detail-type': 'onboardingRequest',
    detail: { plan: 'pro', seats: 5, tags: ['a', 'b'], note: null, nested: { region: 'eu' } },
  };
  test.each<[string, object, boolean]>([
    ['an exact value', { source: ['plinth'] }, true],
    ['one of several values', { source: ['other', 'plinth'] }, true],
    ['another value', { source: ['other'] }, false],
    ['all fields', { source: ['plinth'], detail: { plan: ['basic'] } }, false],
    ['a number', { detail: { seats: [5] } }, true],
    ['a number as text', { detail: { seats: ['5'] } }, false],
    ['null', { detail: { note: [null] } }, true],
    ['null for what is missing', { detail: { absent: [null] } }, false],
    ['any element of a list', { detail: { tags: ['b'] } }, true],
    ['a nested field', { detail: { nested: { region: ['eu'] } } }, true],
    ['a prefix', { 'detail-type': [{ prefix: 'onboarding' }] }, true],
    ['another prefix', { 'detail-type': [{ prefix: 'Onboarding' }] }, false],
    [
      'a prefix whatever its case',
      { 'detail-type': [{ prefix: { 'equals-ignore-case': 'ONBOARDING' } }] },
      true,
    ],
    ['a suffix', { 'detail-type': [{ suffix: 'Request' }] }, true],
    ['a value whatever its case', { source: [{ 'equals-ignore-case': 'PLINTH' }] }, true],
    ['existence', { detail: { plan: [{ exists: true }] } }, true],
    ['existence of null', { detail: { note: [{ exists: true }] } }, true],
    ['absence', { detail: { absent: [{ exists: false }] } }, true],
    ['absence of what is there', { detail: { plan: [{ exists: false }] } }, false],
    ['absence below what is missing', { detail: { absent: { deeper: [{ exists: false }] } } }, true],
    ['anything but', { detail: { plan: [{ 'anything-but': 'basic' }] } }, true],
    ['anything but a list', { detail: { plan: [{ 'anything-but': ['basic', 'pro'] }] } }, false],
    ['anything but a prefix', { detail: { plan: [{ 'anything-but': { prefix: 'pr' } }] } }, false],
    ['anything but, of what is missing', { detail: { absent: [{ 'anything-but': 'x' }] } }, false],
    ['a range', { detail: { seats: [{ numeric: ['>', 0, '<=', 5] }] } }, true],
    ['outside a range', { detail: { seats: [{ numeric: ['>', 5] }] } }, false],
    ['a number equal', { detail: { seats: [{ numeric: ['=', 5] }] } }, true],
    ['a range of what is no number', { detail: { plan: [{ numeric: ['>', 0] }] } }, false],
    ['a matcher or a value', { detail: { plan: ['x', { prefix: 'p' }] } }, true],
  ])('[ARC-2] %s', (_name, pattern, expected) => {
    expect(compilePattern(pattern)(event)).toBe(expected);
  });

  test.each<[object, string]>([
    [{ detail: { ip: [{ cidr: '10.0.0.0/8' }] } }, 'Unknown event matcher cidr at detail.ip'],
    [{ $or: [{}, {}] }, 'Unknown event matcher $or'],
    [{ detail: { n: [{ numeric: ['~', 1] }] } }, 'Unknown numeric matcher'],
    [{ source: 'plinth' }, 'must be an object at source'],
    [{ source: [{ prefix: 1 }] }, 'Unknown event matcher operand 1'],
  ])('[ARC-2] %j is refused when it is read', (pattern, message) => {
    expect(() => compilePattern(pattern)).toThrow(message);
  });
});

describe('what a target receives', () => {
  const event = { id: '1', source: 'plinth', detail: { name: 'A "B"', n: 3, 'my-key': [{ x: 1 }] } };
  test.each<[string, Pick<Target, 'input' | 'inputPath' | 'inputTransformer'>, unknown]>([
    ['the event', {}, event],
    ['a constant', { input: '{"a":1}' }, { a: 1 }],
    ['a part', { inputPath: "$.detail['my-key'][0].x" }, 1],
    [
      'an object made from parts',
      {
        inputTransformer: {
          paths: { name: '$.detail.name', n: '$.detail.n' },
          template: '{"who": <name>, "count": <n>, "text": "Hello <name>: <n>"}',
        },
      },
      { who: 'A "B"', count: 3, text: 'Hello A "B": 3' },
    ],
    ['a text', { inputTransformer: { paths: { n: '$.detail.n' }, template: 'count <n>' } }, 'count 3'],
    [
      'the whole event inside',
      { inputTransformer: { paths: {}, template: '{"e": <aws.events.event>, "r": <aws.events.rule-name>}' } },
      { e: event, r: 'mine' },
    ],
  ])('[ARC-2] %s', (_name, shape, expected) => {
    expect(compileShape(shape, 'arn:aws:events:us-east-1:0:rule/mine')(event)).toEqual(expected);
  });

  test('[ARC-2] unknown paths and placeholders are refused when the rule is read', () => {
    expect(() => compilePath('$..x')).toThrow('Unknown JSON path');
    expect(() => compileShape({ inputTransformer: { paths: {}, template: '{"a":<b>}' } })).toThrow(
      'Unknown placeholder <b>',
    );
  });
});

describe('PutEvents', () => {
  let state: string;
  let events: Events;
  let front: Front;
  let client: EventBridgeClient;
  let taken: { arn: string; event: unknown }[];
  let dead: { queue: string; event: unknown; attributes: Record<string, string> }[];
  let deliver: Deliver;
  const target: Target = { arn: 'arn:fn', maximumRetryAttempts: 1, deadLetterArn: 'arn:dead' };
  const rule: Rule = {
    name: 'all',
    arn: 'arn:rule/all',
    bus: 'plinth',
    pattern: { source: ['plinth'] },
    targets: [target],
  };

  const open = (rules: Rule[] = [rule]) =>
    startEvents({
      state,
      region,
      accountId,
      buses: ['default', 'plinth'],
      rules,
      deliver: (to, event) => deliver(to, event),
      deadLetter: async (queue, event, attributes) => void dead.push({ queue, event, attributes }),
      log: () => undefined,
    });
  const entry = (more: Partial<PutEventsRequestEntry> = {}): PutEventsRequestEntry => ({
    EventBusName: 'plinth',
    Source: 'plinth',
    DetailType: 'thing',
    Detail: '{"id":1}',
    ...more,
  });
  const put = async (...Entries: PutEventsRequestEntry[]) => client.send(new PutEventsCommand({ Entries }));

  beforeEach(async () => {
    state = temporaryState();
    taken = [];
    dead = [];
    deliver = async (to, event) => void taken.push({ arn: to.arn, event });
    events = open();
    front = await startFront({
      port: 0,
      region,
      accountId,
      roles: new Map(),
      parts: { dynamodbPort: 0, queuesPort: 0, handlers: { events: (call) => events.handler(call) } },
      log: () => undefined,
    });
    client = new EventBridgeClient(settingsFor(front, 'LOCALADMIN'));
  });
  afterEach(async () => {
    await front.stop();
    await events.stop();
    rmSync(state, { recursive: true, force: true });
  });

  test('[ARC-2] a matching event reaches its target in the envelope of EventBridge, another does not', async () => {
    const Time = new Date('2026-11-21T05:00:00.500Z');
    const { Entries, FailedEntryCount } = await put(
      entry({ Time, Resources: ['r'] }),
      entry({ Source: 'other' }),
      entry({ EventBusName: 'default' }),
    );
    await events.settled();
    expect(FailedEntryCount).toBe(0);
    expect(taken).toEqual([
      {
        arn: 'arn:fn',
        event: {
          version: '0',
          id: Entries?.[0]?.EventId,
          'detail-type': 'thing',
          source: 'plinth',
          account: accountId,
          time: '2026-11-21T05:00:00Z',
          region,
          resources: ['r'],
          detail: { id: 1 },
        },
      },
    ]);
  });

  test('[ARC-2] faulty entries fail alone, oversized requests fail whole', async () => {
    const { Entries, FailedEntryCount } = await put(
      entry({ Source: '' }),
      entry({ Detail: '{' }),
      entry({ Detail: '[]' }),
      entry({ EventBusName: 'none' }),
      entry({ Source: 'aws.s3' }),
      entry(),
    );
    expect(Entries?.map((one) => one.ErrorCode)).toEqual([
      'InvalidArgument',
      'MalformedDetail',
      'MalformedDetail',
      'ResourceNotFoundException',
      'NotAuthorizedForSourceException',
      undefined,
    ]);
    expect(FailedEntryCount).toBe(5);
    await expect(put(...Array.from({ length: 11 }, () => entry()))).rejects.toMatchObject({
      name: 'ValidationException',
    });
    await expect(put(entry({ Detail: JSON.stringify({ x: 'x'.repeat(262_144) }) }))).rejects.toThrow(
      'over the limit',
    );
  });

  test('[ARC-2] an event whose target fails is tried again, then goes to the dead letters with the reason', async () => {
    let attempts = 0;
    deliver = async () => {
      attempts += 1;
      throw new Error('target is down');
    };
    await put(entry());
    await events.settled();
    expect([attempts, dead]).toEqual([1, []]);
    await new Promise((resolve) => setTimeout(resolve, 1_200));
    await events.settled();
    expect(attempts).toBe(2);
    expect(dead).toMatchObject([
      {
        queue: 'arn:dead',
        event: { detail: { id: 1 } },
        attributes: { RULE_ARN: 'arn:rule/all', RETRY_ATTEMPTS: '1', ERROR_MESSAGE: 'Error: target is down' },
      },
    ]);
  });

  test('[ARC-2] an event that was not taken is delivered after a restart', async () => {
    deliver = async () => {
      throw new Error('not yet');
    };
    await put(entry());
    await events.settled();
    await events.stop();
    deliver = async (to, event) => void taken.push({ arn: to.arn, event });
    events = open();
    await new Promise((resolve) => setTimeout(resolve, 1_200));
    await events.settled();
    expect(taken).toMatchObject([{ arn: 'arn:fn', event: { detail: { id: 1 } } }]);
  });

  test('[ARC-2] a rule that is not understood stops the start by name, and keeps the rules that were there', () => {
    const odd = { ...rule, name: 'odd', pattern: { detail: { ip: [{ cidr: 'x' }] } } };
    expect(() => events.setRules(['plinth'], [odd])).toThrow(
      'Rule odd: Unknown event matcher cidr at detail.ip',
    );
  });
});
