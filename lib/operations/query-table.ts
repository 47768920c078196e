/**
 * Questions that are asked of the logs, saved in Logs Insights under `<cell>/<name>`. A tenant is a field of every
 * line and never a dimension of a metric, so that a thousand tenants cost no more metrics than one: what is wanted of
 * a single tenant is asked here (OPS-1).
 */

/** One question; `of` says whose logs are asked, those of the API or those of the work behind it. */
export type QueryRow = { of: readonly ('http' | 'jobs')[]; query: readonly string[] };

const requests = "filter message = 'request'";

/** Every saved query by its name. */
export const queryTable = {
  'latency by tenant': {
    of: ['http'],
    query: [requests, 'stats pct(durationMs, 95) as p95Ms, count(*) as calls by tenantId', 'sort p95Ms desc'],
  },
  'calls by tenant': {
    of: ['http'],
    query: [requests, 'stats count(*) as calls, sum(durationMs) as ms by tenantId', 'sort calls desc'],
  },
  'errors by tenant': {
    of: ['http'],
    query: [
      requests,
      'stats count(*) as calls, sum(status >= 500) as failed by tenantId',
      'filter failed > 0',
      'sort failed desc',
    ],
  },
  'slowest operations': {
    of: ['http'],
    query: [
      requests,
      'stats pct(durationMs, 95) as p95Ms, count(*) as calls by operation',
      'sort p95Ms desc',
    ],
  },
  'refused for usage': {
    of: ['http'],
    query: [
      requests,
      'filter status = 429',
      'stats count(*) as refused by tenantId, operation',
      'sort refused desc',
    ],
  },
  'attempts across tenants': {
    of: ['http'],
    query: [
      "filter message = 'security: tenant refused'",
      'stats count(*) as attempts, count_distinct(wantedTenantId) as tenants by userId, apiKeyId',
      'sort tenants desc',
    ],
  },
  'one request': {
    of: ['http', 'jobs'],
    query: ["filter requestId = 'put the id here'", 'sort @timestamp asc'],
  },
  errors: {
    of: ['http', 'jobs'],
    query: [
      "filter level = 'ERROR'",
      'display @timestamp, operation, job, code, errorName, errorCode, tenantId, requestId, message',
      'sort @timestamp desc',
    ],
  },
  'failed jobs': {
    of: ['jobs'],
    query: [
      "filter message = 'job failed'",
      'stats count(*) as attempts, max(receiveCount) as most by job, tenantId, errorName',
      'sort attempts desc',
    ],
  },
  'jobs by tenant': {
    of: ['jobs'],
    query: [
      'filter ispresent(JobDuration)',
      'stats sum(JobsDone) as done, sum(JobFailures) as failed, pct(JobDuration, 95) as p95Ms by tenantId',
      'sort done desc',
    ],
  },
} as const satisfies Record<string, QueryRow>;

/** Who is first: rules of Contributor Insights over the API's logs, counted as the lines come in. */
export const rankings = {
  'tenants-by-calls': { aggregate: 'Count', above: undefined, valueOf: undefined },
  'tenants-by-errors': { aggregate: 'Count', above: 499, valueOf: undefined },
  'tenants-by-time': { aggregate: 'Sum', above: undefined, valueOf: '$.durationMs' },
} as const;
