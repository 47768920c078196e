/** One log line, the metrics and the trace of every request. Ids only: no personal data, no bodies (OPS-1, GOV-3). */
import { Logger } from '@aws-lambda-powertools/logger';
import { Metrics, MetricUnit } from '@aws-lambda-powertools/metrics';
import { Tracer } from '@aws-lambda-powertools/tracer';
import type { Log } from '../contract/context.ts';
import type { ApiContext, ApiResult, Link } from './exchange.ts';

const serviceName = 'plinth';
const logger = new Logger({ serviceName });
const metrics = new Metrics({ namespace: 'Plinth', serviceName });
const tracer = new Tracer({ serviceName });

/** The log of one request or message, carrying its ids. */
export function logFor(fields: Record<string, unknown>): Log {
  const child = logger.createChild();
  child.appendKeys(fields);
  return {
    info: (message, more = {}) => child.info(message, more),
    warn: (message, more = {}) => child.warn(message, more),
    error: (message, more = {}) => child.error(message, more),
  };
}

/** Counts something that an alarm or a dashboard watches. */
export function countMetric(name: string, dimensions: Record<string, string> = {}): void {
  const single = metrics.singleMetric();
  for (const [key, value] of Object.entries(dimensions)) single.addDimension(key, value);
  single.addMetric(name, MetricUnit.Count, 1);
}

/** Logs, measures and traces the request, however it ends. */
export function telemetry(): Link {
  return {
    before: (request) => {
      const { exchange } = request.context;
      exchange.log = logFor({
        requestId: exchange.requestId,
        operation: exchange.called.operationId,
        xrayTraceId: tracer.getRootXrayTraceId(),
      });
      tracer.annotateColdStart();
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
  });
  tracer.putAnnotation('operation', exchange.called.operationId);
  if (exchange.tenant !== undefined) tracer.putAnnotation('tenantId', exchange.tenant.id);
  const single = metrics.singleMetric();
  single.addDimension('operation', exchange.called.operationId);
  if (exchange.tenant !== undefined) single.addMetadata('tenantId', exchange.tenant.id);
  single.addMetric('Latency', MetricUnit.Milliseconds, durationMs);
  if (status >= 500) countMetric('ServerErrors', { operation: exchange.called.operationId });
}
