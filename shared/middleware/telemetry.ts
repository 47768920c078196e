/** One log line, the metrics and the trace of every request. Ids only: no personal data, no bodies (OPS-1, GOV-3). */
import { Logger } from '@aws-lambda-powertools/logger';
import { Metrics, MetricUnit } from '@aws-lambda-powertools/metrics';
import type { Log } from '../contract/context.ts';
import type { ApiContext, ApiResult, Link } from './exchange.ts';
import { sendTrace, traceId } from './trace.ts';

const serviceName = 'plinth';
const logger = new Logger({ serviceName });
const metrics = new Metrics({ namespace: 'Plinth', serviceName });

/** The log of one request or message, carrying its ids. */
export function logFor(fields: Record<string, unknown>): Log {
  // Not a child logger: each makes a console of its own, which costs more than the line that it prints.
  return {
    info: (message, more = {}) => logger.info(message, { ...fields, ...more }),
    warn: (message, more = {}) => logger.warn(message, { ...fields, ...more }),
    error: (message, more = {}) => logger.error(message, { ...fields, ...more }),
  };
}

/** Counts something that an alarm or a dashboard watches. */
export function countMetric(name: string, dimensions: Record<string, string> = {}): void {
  for (const [key, value] of Object.entries(dimensions)) metrics.addDimension(key, value);
  metrics.addMetric(name, MetricUnit.Count, 1);
  metrics.publishStoredMetrics();
}

/** Says where something stands that an alarm or a dashboard watches. */
export function gaugeMetric(name: string, value: number, dimensions: Record<string, string> = {}): void {
  for (const [key, text] of Object.entries(dimensions)) metrics.addDimension(key, text);
  metrics.addMetric(name, MetricUnit.NoUnit, value);
  metrics.publishStoredMetrics();
}

/**
 * Measures one attempt at a job. Whose it was and which stands beside the values and not in the metric's name, so
 * that tenants cost nothing: see docs/operations.md.
 */
export function measureJob(
  outcome: 'done' | 'failed',
  durationMs: number,
  about: { job?: string | undefined; tenantId?: string | null | undefined },
): void {
  for (const [key, value] of Object.entries(about)) {
    if (typeof value === 'string') metrics.addMetadata(key, value);
  }
  metrics.addMetric(outcome === 'done' ? 'JobsDone' : 'JobFailures', MetricUnit.Count, 1);
  metrics.addMetric('JobDuration', MetricUnit.Milliseconds, durationMs);
  metrics.publishStoredMetrics();
}

/** Logs, measures and traces the request, however it ends. */
export function telemetry(): Link {
  return {
    before: (request) => {
      const { exchange } = request.context;
      exchange.log = logFor({
        requestId: exchange.requestId,
        operation: exchange.called.operationId,
        xrayTraceId: traceId(),
      });
    },
    after: (request) => finish(request.context, request.response ?? undefined),
    onError: (request) => finish(request.context, request.response ?? undefined),
  };
}

function finish(context: ApiContext, response: ApiResult | undefined): void {
  const { exchange } = context;
  const status = response?.statusCode ?? 500;
  const durationMs = Date.now() - exchange.startedAt.getTime();
  exchange.log.info('request', {
    status,
    durationMs,
    ...(exchange.tenant === undefined ? {} : { tenantId: exchange.tenant.id, plan: exchange.tenant.plan }),
    ...(exchange.caller === undefined ? {} : { userId: exchange.caller.id }),
    ...(exchange.apiKey === undefined
      ? {}
      : { apiKeyId: exchange.apiKey.id, environment: exchange.apiKey.environment }),
  });
  const { operationId } = exchange.called;
  const tenantId = exchange.tenant?.id;
  sendTrace({
    name: operationId,
    startedAt: exchange.startedAt,
    annotations: { operation: operationId, status, ...(tenantId === undefined ? {} : { tenantId }) },
    fault: status >= 500,
  });
  metrics.addDimension('operation', operationId);
  // Also over all operations, but those that wait for others: the alarm for slow answers watches that.
  if (!exchange.called.endpoint.streams) metrics.addDimensions({});
  if (tenantId !== undefined) metrics.addMetadata('tenantId', tenantId);
  metrics.addMetric('Latency', MetricUnit.Milliseconds, durationMs);
  metrics.publishStoredMetrics();
  if (status >= 500) countMetric('ServerErrors', { operation: operationId });
}
