/**
 * Public list prices of AWS in us-east-1, in USD, without free allowances, discounts and taxes. Every row says
 * where the price was read and when; other regions differ, mostly upwards.
 */

/** How far a price can be trusted: read from AWS, from somebody who reports it, or only remembered. */
export type Trust = 'aws' | 'reported' | 'not verified';

/** One price. `of` is the date of the source, `seen` when it was read. */
export type Price = { usd: number; per: string; source: string; of: string; seen: string; trust: Trust };

const seen = '2026-11-21';

const reported = (usd: number, per: string, source: string, of: string): Price => ({
  ...{ usd, per, source, of, seen, trust: 'reported' },
});
const aws = (usd: number, per: string, source: string, of: string): Price => ({
  ...{ usd, per, source, of, seen, trust: 'aws' },
});
const notVerified = (usd: number, per: string): Price => ({
  ...{ usd, per, source: 'none found', of: '', seen, trust: 'not verified' },
});

const cloudwatch =
  'https://www.factualminds.com/blog/amazon-cloudwatch-pricing-metrics-logs-alarms-dashboards/';
const waf = 'https://awsnegotiations.com/waf-pricing-strategy.html';
const nat = 'https://cloudburn.io/blog/aws-nat-gateway-pricing';
const dynamoDb = 'https://airbyte.com/data-engineering-resources/dynamodb-pricing';
const sqs = 'https://cloudburn.io/blog/amazon-sqs-pricing';
const eventBridge =
  'https://www.factualminds.com/blog/amazon-eventbridge-pricing-events-pipes-schema-archive/';

export const prices = {
  gatewayRequest: aws(
    3.5,
    'million requests',
    'https://docs.aws.amazon.com/whitepapers/latest/best-practices-api-gateway-private-apis-integration/cost-optimization.html',
    'undated',
  ),
  firewallAcl: reported(5, 'month', waf, '2026'),
  firewallRule: reported(1, 'month', waf, '2026'),
  firewallRequest: reported(0.6, 'million requests', waf, '2026'),
  functionRequest: reported(
    0.2,
    'million invocations',
    'https://git.mcrn.ar/mariano/lambda_local_runner',
    'undated',
  ),
  functionSecond: reported(
    0.0000133334,
    'GB-second on arm64',
    'https://cloudchipr.com/blog/aws-lambda-pricing',
    '2024',
  ),
  databaseCapacity: reported(
    0.12,
    'capacity unit and hour',
    'https://c3x.dev/blog/aws-aurora-serverless-v2-cost/',
    '2026',
  ),
  databaseStorage: reported(
    0.1,
    'GB and month',
    'https://awsnegotiations.com/blog/aurora-serverless-v2-pricing.html',
    '2026-05',
  ),
  databaseIo: reported(
    0.2,
    'million I/O requests',
    'https://www.jusdb.com/blog/aws-rds-vs-aurora-vs-serverless-cost-comparison',
    '2026',
  ),
  databaseProxy: notVerified(0.015, 'capacity unit and hour, eight at least'),
  tableWrite: reported(0.625, 'million write units', dynamoDb, '2025-07'),
  tableRead: reported(0.125, 'million read units', dynamoDb, '2025-07'),
  natHour: reported(0.045, 'hour', nat, '2026-02'),
  addressHour: reported(0.005, 'hour', nat, '2026-02'),
  transferOut: reported(
    0.09,
    'GB to the internet',
    'https://cloudpipelines.pages.dev/guides/aws-nat-gateway-pricing-2026/',
    '2026',
  ),
  queueRequest: reported(0.4, 'million requests', sqs, '2026-03'),
  queueFair: reported(0.1, 'million requests with a message group', sqs, '2026-03'),
  event: reported(1, 'million events', eventBridge, '2026-06'),
  secret: reported(
    0.4,
    'month',
    'https://hivebook.wiki/wiki/aws-secrets-manager-rotated-secrets-dynamic-db-credentials-kms',
    'undated',
  ),
  alarmMetric: reported(
    0.1,
    'metric of an alarm and month',
    'https://c3x.dev/resources/aws/aws_cloudwatch_metric_alarm',
    '2026',
  ),
  dashboard: reported(3, 'month', cloudwatch, '2026-06'),
  insightRule: notVerified(0.5, 'rule of Contributor Insights and month'),
  metric: reported(0.3, 'metric and month', 'https://signoz.io/guides/cloudwatch-pricing', '2026-02'),
  logIngest: reported(0.5, 'GB', cloudwatch, '2026-06'),
  trace: aws(5, 'million traces', 'https://aws.amazon.com/xray/pricing/', 'undated'),
  activeUser: notVerified(0.015, 'user who signs in during the month'),
} as const satisfies Record<string, Price>;

export type PriceName = keyof typeof prices;

/** One line of a bill: how many units of a price. */
export type Line = { what: string; price: PriceName; units: number };

/** What a line costs. Prices per million take units in millions. */
export function costOf({ price, units }: Line): number {
  return prices[price].usd * units;
}

/** What some lines cost together. */
export function totalOf(lines: readonly Line[]): number {
  return lines.reduce((sum, line) => sum + costOf(line), 0);
}
