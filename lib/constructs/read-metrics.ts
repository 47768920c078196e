/** Reads what CloudWatch counted of the cell; it grants that for all metrics of an account or for none. */
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { cellOf } from './cell-stack.ts';
import { stageName } from './contract-api.ts';
import type { KernelFunction } from './kernel-function.ts';

export function readMetrics({ lambda }: KernelFunction): void {
  lambda.addEnvironment('WATCHED_API_NAME', cellOf(lambda).facts.name);
  lambda.addEnvironment('WATCHED_API_STAGE', stageName);
  lambda.addToRolePolicy(
    new PolicyStatement({ sid: 'ReadMetrics', actions: ['cloudwatch:GetMetricData'], resources: ['*'] }),
  );
}
