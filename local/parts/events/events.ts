/**
 * EventBridge on a laptop: events are matched against the template's rules when they arrive, and each delivery is
 * kept in sqlite until its target took it, or for a day, as on AWS.
 */
import { randomUUID } from 'node:crypto';
import type { Rule, Target } from '../../template/signals.ts';
import { openStore } from '../../state.ts';
import { AwsError, type PartHandler, type Running } from '../contract.ts';
import { createDeliveries, type DeadLetter, DELIVERY_SCHEMA, type Deliver } from './deliveries.ts';
import { type Matches, compilePattern } from './pattern.ts';
import { compileShape } from './shape.ts';

export type { DeadLetter, Deliver } from './deliveries.ts';

export type Events = Running & {
  /** Answers `PutEvents`. */
  handler: PartHandler;
  /** Replaces buses and rules; throws when a pattern or an input is not understood. */
  setRules(buses: readonly string[], rules: readonly Rule[]): void;
  /** Resolves when nothing is due: what remains waits for its next attempt. */
  settled(): Promise<void>;
};

type Compiled = {
  bus: string;
  arn: string;
  matches: Matches;
  targets: { target: Target; shape: (event: Event) => unknown }[];
};
type Event = Record<string, unknown>;
type Entry = Record<'Source' | 'DetailType' | 'Detail' | 'EventBusName', unknown> & {
  Resources?: unknown;
  Time?: unknown;
};

const MAX_ENTRIES = 10;
/** The smallest limit that AWS has had: what fits here fits there. */
const MAX_BYTES = 256 * 1024;

/** Starts EventBridge on `<state>/events`; goes on with deliveries that an earlier run left. */
export function startEvents(options: {
  state: string;
  region: string;
  accountId: string;
  buses: readonly string[];
  rules: readonly Rule[];
  deliver: Deliver;
  /** Takes what could not be delivered, when its target names a dead-letter queue. */
  deadLetter: DeadLetter;
  log: (line: string) => void;
}): Events {
  let buses = new Set(options.buses);
  let rules = options.rules.flatMap(compileRule);
  const store = openStore(options.state, 'events', DELIVERY_SCHEMA);
  const deliveries = createDeliveries({ store, ...options });
  deliveries.wake();

  function put(entry: Entry): { EventId: string } | { ErrorCode: string; ErrorMessage: string } {
    const fault = faultOf(entry, buses);
    if (fault !== undefined) return { ErrorCode: fault.code, ErrorMessage: fault.message };
    const event: Event = {
      version: '0',
      id: randomUUID(),
      'detail-type': entry.DetailType,
      source: entry.Source,
      account: options.accountId,
      time: timeOf(entry.Time),
      region: options.region,
      resources: entry.Resources ?? [],
      detail: JSON.parse(String(entry.Detail)) as unknown,
    };
    const bus = busName(entry);
    for (const rule of rules) {
      if (rule.bus !== bus || !rule.matches(event)) continue;
      for (const { target, shape } of rule.targets) deliveries.add(rule.arn, target, shape(event));
    }
    return { EventId: String(event.id) };
  }

  return {
    handler: async ({ action, body }) => {
      if (action !== 'PutEvents') {
        throw new AwsError(
          'NotImplementedException',
          `The local EventBridge does not implement ${action}`,
          501,
        );
      }
      const entries = (Array.isArray(body.Entries) ? body.Entries : []) as Entry[];
      checkSize(entries);
      const Entries = deliveries.atomically(() => entries.map(put));
      deliveries.wake();
      return {
        status: 200,
        body: { FailedEntryCount: Entries.filter((one) => 'ErrorCode' in one).length, Entries },
      };
    },
    setRules: (newBuses, newRules) => {
      const compiled = newRules.flatMap(compileRule);
      buses = new Set(newBuses);
      rules = compiled;
    },
    settled: () => deliveries.settled(),
    stop: async () => {
      await deliveries.stop();
      store.close();
    },
  };
}

/** Rules without a pattern tick on a schedule; see the scheduler. */
function compileRule(rule: Rule): Compiled[] {
  if (rule.pattern === undefined) return [];
  try {
    const targets = rule.targets.map((target) => ({ target, shape: compileShape(target, rule.arn) }));
    return [{ bus: rule.bus, arn: rule.arn, matches: compilePattern(rule.pattern), targets }];
  } catch (error) {
    throw new Error(`Rule ${rule.name}: ${error instanceof Error ? error.message : String(error)}`, {
      cause: error,
    });
  }
}

function checkSize(entries: readonly Entry[]): void {
  if (entries.length === 0 || entries.length > MAX_ENTRIES) {
    throw new AwsError(
      'ValidationException',
      `PutEvents takes 1 to ${MAX_ENTRIES} entries, not ${entries.length}.`,
    );
  }
  const bytes = entries.reduce((sum, entry) => {
    const texts = [entry.Source, entry.DetailType, entry.Detail, ...((entry.Resources ?? []) as unknown[])];
    return texts.reduce<number>(
      (size, text) => size + (typeof text === 'string' ? Buffer.byteLength(text) : 0),
      sum,
    );
  }, 0);
  if (bytes > MAX_BYTES) {
    throw new AwsError('ValidationException', 'Total size of the entries in the request is over the limit.');
  }
}

function faultOf(entry: Entry, buses: ReadonlySet<string>): { code: string; message: string } | undefined {
  for (const member of ['Source', 'DetailType', 'Detail'] as const) {
    if (typeof entry[member] === 'string' && entry[member] !== '') continue;
    return {
      code: 'InvalidArgument',
      message: `Parameter ${member} is not valid. Reason: ${member} is a required argument.`,
    };
  }
  if (String(entry.Source).startsWith('aws.')) {
    return { code: 'NotAuthorizedForSourceException', message: 'Not authorized for the source.' };
  }
  if (!isJsonObject(String(entry.Detail)))
    return { code: 'MalformedDetail', message: 'Detail is malformed.' };
  if (!buses.has(busName(entry))) {
    return { code: 'ResourceNotFoundException', message: `Event bus ${busName(entry)} does not exist.` };
  }
  return undefined;
}

function busName(entry: Entry): string {
  const name = typeof entry.EventBusName === 'string' ? entry.EventBusName : 'default';
  return name.split('/').at(-1) ?? name;
}

function isJsonObject(text: string): boolean {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value);
  } catch (error) {
    if (error instanceof SyntaxError) return false;
    throw error;
  }
}

/** The SDK sends epoch seconds; events carry ISO 8601 without fractions. */
function timeOf(value: unknown): string {
  const at = typeof value === 'number' ? new Date(value * 1000) : new Date();
  return `${at.toISOString().slice(0, 19)}Z`;
}
