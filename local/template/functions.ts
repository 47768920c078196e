/**
 * The functions of a cell, what feeds them, and the custom resources that call them at start-up.
 */
import { ofType, type Cell, type ResolvedResource } from './cell.ts';
import { propertiesOf } from './properties.ts';
import { stateMachines } from './signals.ts';

/** A Lambda function as the host runs it. */
export type FunctionDefinition = {
  stack: string;
  logicalId: string;
  name: string;
  /** Without version or alias. */
  arn: string;
  region: string;
  /** ARN of the role it runs as. */
  roleArn: string;
  /** Absolute path of the folder with its code. */
  codeFolder: string;
  /** `file.export`, relative to the code folder. */
  handler: string;
  timeoutMs: number;
  memoryMb: number;
  environment: Record<string, string>;
  logGroup: string;
  reservedConcurrency?: number;
  /** State machines call it, for work that outlives a crash: it runs in processes of its own. */
  apart?: true;
};

/** An SQS queue that feeds a function. */
export type EventSourceMapping = {
  id: string;
  functionArn: string;
  queueArn: string;
  batchSize: number;
  batchWindowMs: number;
  /** The function names the messages that failed; only these stay. */
  reportsFailures: boolean;
  maximumConcurrency?: number;
};

/** A custom resource whose effect happens at deployment; here at start-up. */
export type CustomResource = {
  stack: string;
  logicalId: string;
  type: string;
  properties: Record<string, unknown>;
};

/** Every Node.js function; the CDK's own provider functions in other languages have nothing to do here. */
export function functions(cell: Cell): FunctionDefinition[] {
  const machines = JSON.stringify(stateMachines(cell).map(({ definition }) => definition));
  return ofType(cell, 'AWS::Lambda::Function')
    .filter((resource) => propertiesOf(resource).text('Runtime')?.startsWith('nodejs') === true)
    .map(functionDefinition)
    .map((definition) =>
      // With or without a qualifier, but never the beginning of another's name.
      new RegExp(`${definition.arn}[":]`).test(machines)
        ? { ...definition, apart: true as const }
        : definition,
    );
}

/** The enabled mappings; a source other than SQS, or a filter, is an error. */
export function eventSourceMappings(cell: Cell): EventSourceMapping[] {
  return ofType(cell, 'AWS::Lambda::EventSourceMapping').flatMap((resource) => {
    const properties = propertiesOf(resource);
    const queueArn = properties.needText('EventSourceArn');
    if (!queueArn.startsWith('arn:aws:sqs:')) {
      throw new Error(`${resource.stack}/${resource.logicalId}: ${queueArn} is not a queue`);
    }
    if (properties.raw.FilterCriteria !== undefined) {
      throw new Error(`${resource.stack}/${resource.logicalId}: FilterCriteria are not supported`);
    }
    const maximumConcurrency = properties.object('ScalingConfig')?.number('MaximumConcurrency');
    const mapping: EventSourceMapping = {
      id: resource.ref,
      functionArn: properties.needText('FunctionName'),
      queueArn,
      batchSize: properties.number('BatchSize') ?? 10,
      batchWindowMs: (properties.number('MaximumBatchingWindowInSeconds') ?? 0) * 1000,
      reportsFailures: properties.texts('FunctionResponseTypes').includes('ReportBatchItemFailures'),
      ...(maximumConcurrency === undefined ? {} : { maximumConcurrency }),
    };
    return properties.text('Enabled') === 'false' ? [] : [mapping];
  });
}

/** Custom resources that do something here, in deployment order. */
export function customResources(cell: Cell): CustomResource[] {
  return cell.resources
    .filter((resource) => resource.hosted && resource.type.startsWith('Custom::'))
    .map(({ stack, logicalId, type, properties }) => ({ stack, logicalId, type, properties }));
}

function functionDefinition(resource: ResolvedResource): FunctionDefinition {
  const where = `${resource.stack}/${resource.logicalId}`;
  const properties = propertiesOf(resource);
  if (resource.assetPath === undefined)
    throw new Error(`${where}: the function's code is not in the assembly`);
  if (properties.list('Layers').length > 0) throw new Error(`${where}: layers are not supported`);
  const reservedConcurrency = properties.number('ReservedConcurrentExecutions');
  const variables = properties.object('Environment')?.object('Variables')?.raw ?? {};
  return {
    stack: resource.stack,
    logicalId: resource.logicalId,
    name: resource.ref,
    arn: String(resource.attributes.Arn),
    region: resource.region,
    roleArn: properties.needText('Role'),
    codeFolder: resource.assetPath,
    handler: properties.needText('Handler'),
    timeoutMs: (properties.number('Timeout') ?? 3) * 1000,
    memoryMb: properties.number('MemorySize') ?? 128,
    environment: Object.fromEntries(Object.entries(variables).map(([key, value]) => [key, String(value)])),
    logGroup: properties.object('LoggingConfig')?.text('LogGroup') ?? `/aws/lambda/${resource.ref}`,
    ...(reservedConcurrency === undefined ? {} : { reservedConcurrency }),
  };
}
