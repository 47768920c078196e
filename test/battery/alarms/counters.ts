/**
 * Where the values come from. Functions print theirs, as on AWS. What AWS itself counts of gateway, functions, queues
 * and table is counted here at the same places: by the caller, the Lambda host, the queues, and whoever throttles.
 * The rest (processor and connections of Aurora, the firewall, executions of workflows) nothing here counts.
 */
import { closeSync, fstatSync, openSync, readdirSync, readSync } from 'node:fs';
import { join } from 'node:path';
import { GetQueueAttributesCommand, SQSClient } from '@aws-sdk/client-sqs';
import { type Sample, samplesIn } from '#local/parts/metrics/samples.ts';
import { adminCredentials } from '#local/sources/queue.ts';
import { ofType, queues } from '#local/template/readers.ts';
import type { BatterySite } from '../support/site.ts';

export type Counters = {
  /** A request was answered; 0 when it was not, which the gateway answers with 504. */
  answered(status: number): void;
  /** The table refused so many calls since it was asked last. */
  throttled: () => number;
  /** Everything since the last time, as of this moment of the drill's clock. */
  read(atMs: number): Promise<Sample[]>;
};

export function openCounters(site: BatterySite): Counters {
  const { stack } = site;
  const readLogs = tailOf(join(site.state, 'logs'));
  const readFunctions = differencesOf(() => stack.functions.stats());
  const client = sqsClient(site);
  const api = apiDimensions(site);
  const tables = ofType(stack.cell, 'AWS::DynamoDB::Table').map(({ ref }) => ref);
  const statuses: number[] = [];
  readLogs();
  const counters: Counters = {
    answered: (status) => void statuses.push(status),
    throttled: () => 0,
    read: async (atMs) => {
      const sample = (
        namespace: string,
        name: string,
        dimensions: Record<string, string>,
        value: number,
      ) => ({
        ...{ namespace, name, dimensions, value, atMs },
      });
      const seen = statuses.splice(0);
      const failed = seen.filter((status) => status === 0 || status >= 500);
      const throttled = counters.throttled();
      return [
        ...readLogs().flatMap((line) => samplesIn(line, atMs)),
        sample('AWS/ApiGateway', 'Count', api, seen.length),
        sample('AWS/ApiGateway', '5XXError', api, failed.length),
        ...readFunctions().flatMap(({ FunctionName, errors, throttles }) => [
          sample('AWS/Lambda', 'Errors', { FunctionName }, errors),
          sample('AWS/Lambda', 'Throttles', {}, throttles),
        ]),
        ...tables.flatMap((TableName) => [
          sample('AWS/DynamoDB', 'ReadThrottleEvents', { TableName }, throttled),
          sample('AWS/DynamoDB', 'WriteThrottleEvents', { TableName }, 0),
        ]),
        ...(await depthsOf(client, site)).map(({ QueueName, depth }) =>
          sample('AWS/SQS', 'ApproximateNumberOfMessagesVisible', { QueueName }, depth),
        ),
      ];
    },
  };
  return counters;
}

/** A client of the stack's queues, as the runtime itself. */
export function sqsClient({ stack }: BatterySite): SQSClient {
  return new SQSClient({ endpoint: stack.frontUrl, region: 'us-east-1', credentials: adminCredentials });
}

/** Address of the queue whose name ends so, at the stack's front. */
export function queueUrlOf({ stack }: BatterySite, ending: string): string {
  const found = queues(stack.cell).find(({ name }) => name.endsWith(ending));
  if (found === undefined) throw new Error(`The template has no queue ${ending}.`);
  return `${stack.frontUrl}/${found.arn.split(':')[4] ?? ''}/${found.name}`;
}

async function depthsOf(
  client: SQSClient,
  site: BatterySite,
): Promise<{ QueueName: string; depth: number }[]> {
  return Promise.all(
    queues(site.stack.cell).map(async ({ name: QueueName }) => {
      const { Attributes: attributes = {} } = await client.send(
        new GetQueueAttributesCommand({
          QueueUrl: queueUrlOf(site, QueueName),
          AttributeNames: ['ApproximateNumberOfMessages'],
        }),
      );
      return { QueueName, depth: Number(attributes.ApproximateNumberOfMessages) };
    }),
  );
}

function apiDimensions({ stack }: BatterySite): Record<string, string> {
  const [api] = ofType(stack.cell, 'AWS::ApiGateway::RestApi');
  const [stage] = ofType(stack.cell, 'AWS::ApiGateway::Stage');
  return { ApiName: String(api?.properties.Name), Stage: String(stage?.properties.StageName) };
}

type Counts = { errors: number; throttles: number };

function differencesOf(stats: () => Record<string, Counts>): () => (Counts & { FunctionName: string })[] {
  let before = stats();
  return () => {
    const now = stats();
    const changed = Object.entries(now).map(([FunctionName, { errors, throttles }]) => {
      const { errors: lastErrors = 0, throttles: lastThrottles = 0 } = before[FunctionName] ?? {};
      return { FunctionName, errors: errors - lastErrors, throttles: throttles - lastThrottles };
    });
    before = structuredClone(now);
    return changed;
  };
}

/** Reads what was appended to the files of a folder since the last time, whole lines only. */
function tailOf(folder: string): () => string[] {
  const read = new Map<string, { bytes: number; rest: string }>();
  return () =>
    readdirSync(folder)
      .filter((file) => file.endsWith('.log'))
      .flatMap((file) => {
        const { bytes, rest } = read.get(file) ?? { bytes: 0, rest: '' };
        const fresh = readFrom(join(folder, file), bytes);
        const lines = (rest + fresh.toString()).split('\n');
        read.set(file, { bytes: bytes + fresh.length, rest: lines.pop() ?? '' });
        return lines;
      });
}

function readFrom(path: string, from: number): Buffer {
  const file = openSync(path, 'r');
  try {
    const buffer = Buffer.alloc(Math.max(0, fstatSync(file).size - from));
    readSync(file, buffer, 0, buffer.length, from);
    return buffer;
  } finally {
    closeSync(file);
  }
}
