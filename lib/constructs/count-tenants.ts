/**
 * What is logged of each request and each job is handed to the function that counts it for its tenant (OPS-1). Nothing
 * is added to a request: CloudWatch reads the lines when they are written.
 */
import { ArnFormat } from 'aws-cdk-lib';
import { CfnPermission } from 'aws-cdk-lib/aws-lambda';
import { CfnSubscriptionFilter } from 'aws-cdk-lib/aws-logs';
import { cellOf } from './cell-stack.ts';
import type { KernelFunction } from './kernel-function.ts';

/** The lines that are counted, as `shared/metrics/collect.ts` reads them. */
const patterns = {
  requests: '{ $.message = "request" && $.tenantId = "ten_*" }',
  jobs: '{ $.JobDuration >= 0 && $.tenantId = "ten_*" }',
} as const;

/** Has lines of functions counted. */
export type Counter = (functions: readonly KernelFunction[], what: keyof typeof patterns) => void;

/** @param fn what counts them */
export function counterOf(fn: KernelFunction): Counter {
  const cell = cellOf(fn);
  const permission = new CfnPermission(fn, 'Logs', {
    action: 'lambda:InvokeFunction',
    functionName: fn.lambda.functionName,
    principal: 'logs.amazonaws.com',
    sourceAccount: cell.account,
    // CloudFormation names log groups after their stack.
    sourceArn: cell.formatArn({
      ...{ service: 'logs', resource: 'log-group', resourceName: `${cell.facts.name}-*:*` },
      arnFormat: ArnFormat.COLON_RESOURCE_NAME,
    }),
  });
  return (functions, what) => {
    for (const counted of functions) {
      new CfnSubscriptionFilter(counted, 'Counted', {
        logGroupName: counted.lambda.logGroup.logGroupName,
        filterPattern: patterns[what],
        destinationArn: fn.lambda.functionArn,
      }).addResourceDependency(permission);
    }
  };
}
