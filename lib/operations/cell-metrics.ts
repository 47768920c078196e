/** What the rows of the tables mean in CloudWatch, for the parts of one cell. */
import { Duration } from 'aws-cdk-lib';
import { type DimensionsMap, type IMetric, MathExpression, Metric } from 'aws-cdk-lib/aws-cloudwatch';
import type { DataStack } from '#lib/stacks/data.ts';
import type { HttpStack } from '#lib/stacks/http.ts';
import type { JobsStack } from '#lib/stacks/jobs.ts';
import type { JobQueue } from '#lib/constructs/job-queue.ts';
import type { KernelFunction } from '#lib/constructs/kernel-function.ts';
import { families, type Family, type Figure, type MetricRow, rowsOf, type Source } from './metric-rows.ts';

/** The stacks that are watched. */
export type Watched = { data: DataStack; jobs: JobsStack; http: HttpStack };

/** A figure of one part; `member` names the part where there are several. */
export type MemberFigure = { member: string | undefined; metric: IMetric };

/**
 * Resolves figures to metrics, one for each member where a figure is over a family of parts.
 * @param labelled for graphs; CloudWatch writes an alarm on a labelled metric as an expression
 */
export type CellMetrics = (figure: Figure, labelled: boolean) => MemberFigure[];

/** The metrics of a cell. */
export function cellMetrics({ data, jobs, http }: Watched): CellMetrics {
  const { region } = http;
  const single: Record<Exclude<Source, Family>, Place> = {
    plinth: { namespace: 'Plinth', dimensions: { service: 'plinth' } },
    api: {
      namespace: 'AWS/ApiGateway',
      dimensions: { ApiName: http.facts.name, Stage: http.api.stage.stageName },
    },
    firewall: {
      namespace: 'AWS/WAFV2',
      dimensions: { WebACL: http.firewall.name, Region: region, Rule: 'ALL' },
    },
    database: {
      namespace: 'AWS/RDS',
      dimensions: { DBClusterIdentifier: data.database.cluster.clusterIdentifier },
    },
    gate: { namespace: 'AWS/DynamoDB', dimensions: { TableName: data.gate.tableName } },
    // Without a dimension: of all functions of the account in this region, as its limit is.
    functions: { namespace: 'AWS/Lambda', dimensions: {} },
    migration: migrationPlace(data),
  };
  const several: Record<Family, Map<string, Place>> = membersOf(jobs, http);
  const metricOf = (row: MetricRow, place: Place, label: string | undefined): Metric =>
    new Metric({
      namespace: place.namespace,
      metricName: row.name,
      dimensionsMap: { ...place.dimensions, ...row.dimensions },
      statistic: row.statistic,
      period: Duration.minutes(row.minutes),
      ...(label === undefined ? {} : { label }),
    });
  return (figure, labelled) => {
    const [first] = rowsOf(figure);
    if (first === undefined) throw new Error('A figure has no metric.');
    const { source } = first;
    const places: Map<string | undefined, Place> = isFamily(source)
      ? several[source]
      : new Map([[undefined, single[source]]]);
    return [...places].map(([member, place]) => ({
      member,
      metric: combined(figure, (row) => metricOf(row, place, labelled ? (member ?? nameOf(row)) : undefined)),
    }));
  };
}

/** Where CloudWatch keeps what is counted of a part. */
type Place = { namespace: string; dimensions: DimensionsMap };

function isFamily(source: Source): source is Family {
  return families.some((family) => family === source);
}

function nameOf({ name, statistic }: MetricRow): string {
  return statistic === 'Sum' || statistic === 'Maximum' ? name : `${name} ${statistic}`;
}

function combined(figure: Figure, metricOf: (row: MetricRow) => Metric): IMetric {
  const period = (row: MetricRow) => ({ period: Duration.minutes(row.minutes) });
  if ('sum' in figure) {
    const [first] = figure.sum;
    if (first === undefined) throw new Error('A sum has no metric.');
    const names = figure.sum.map((row, index) => [`m${index}`, metricOf(row)] as const);
    return new MathExpression({
      expression: names.map(([name]) => name).join(' + '),
      usingMetrics: Object.fromEntries(names),
      label: figure.sum.map(({ name }) => name).join(' + '),
      ...period(first),
    });
  }
  if (!('percent' in figure)) return metricOf(figure);
  return new MathExpression({
    expression: '100 * part / whole',
    usingMetrics: { part: metricOf(figure.percent), whole: metricOf(figure.of) },
    label: `${figure.percent.name}, %`,
    ...period(figure.percent),
  });
}

function membersOf({ outbox, queues, workflows, functions }: JobsStack, http: HttpStack) {
  const all = new Map<string, JobQueue>([['outbox', outbox], ...queues]);
  const queuePlace = (queueName: string): Place => ({
    namespace: 'AWS/SQS',
    dimensions: { QueueName: queueName },
  });
  const placesOf = (some: readonly KernelFunction[]) =>
    new Map(some.map((fn) => [fn.node.id, functionPlace(fn)]));
  return {
    // A letter that stays in its dead-letter queue was not kept, and is as old as a job that nobody works on.
    queue: new Map(
      [...all].flatMap(([name, { queue, deadLetters }]) => [
        [name, queuePlace(queue.queueName)],
        [`${name}-dead-letters`, queuePlace(deadLetters.queueName)],
      ]),
    ),
    deadLetters: new Map(
      [...all.keys()].map((queue) => [
        queue,
        { namespace: 'Plinth', dimensions: { service: 'plinth', queue } },
      ]),
    ),
    schedule: new Map(
      functions
        .filter(({ node }) => node.id.startsWith('schedule-'))
        .map((fn) => [fn.node.id.replace('schedule-', ''), functionPlace(fn)]),
    ),
    workflow: new Map(
      workflows.map(({ workflow, machine }) => [
        workflow.name.replace('.', '-'),
        { namespace: 'AWS/States', dimensions: { StateMachineArn: machine.stateMachineArn } },
      ]),
    ),
    http: placesOf(http.functions),
    worker: placesOf(functions),
  };
}

function migrationPlace({ migration }: DataStack): Place {
  if (migration === undefined) throw new Error('A cell that follows another one is not watched.');
  return functionPlace(migration);
}

function functionPlace({ lambda }: KernelFunction): Place {
  return { namespace: 'AWS/Lambda', dimensions: { FunctionName: lambda.functionName } };
}
