/**
 * Visits the API from outside every five minutes, as callers do: what health says, and a read with an API key that
 * somebody puts into the secret. It stands outside the VPC and knows no database, so it fails when callers do.
 */
import { CfnOutput, Duration } from 'aws-cdk-lib';
import { Rule, Schedule } from 'aws-cdk-lib/aws-events';
import { LambdaFunction } from 'aws-cdk-lib/aws-events-targets';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { CfnSecret } from 'aws-cdk-lib/aws-secretsmanager';
import { Construct } from 'constructs';
import { accept } from './accept.ts';
import { cellOf } from './cell-stack.ts';
import { KernelFunction } from './kernel-function.ts';

/** Also the period of the alarms on it: silence for two of them rings. */
export const canaryMinutes = 5;

export class Canary extends Construct {
  readonly visitor: KernelFunction;

  constructor(scope: Construct, id: string, { apiUrl }: { apiUrl: string }) {
    super(scope, id);
    const key = new CfnSecret(this, 'Key', { description: 'API key that the canary reads with' });
    key.applyRemovalPolicy(cellOf(this).dataPolicy);
    accept(key, { SMG4: 'Keys are made in the product; it is replaced by hand (docs/operations.md).' });
    this.visitor = new KernelFunction(this, 'probe-canary', {
      kind: 'probe',
      entry: 'canary',
      description: 'Visits the API from outside',
      timeoutSeconds: 60,
      memoryMb: 256,
    });
    this.visitor.lambda.addEnvironment('CANARY_API_URL', apiUrl);
    this.visitor.lambda.addEnvironment('CANARY_KEY_SECRET_ARN', key.ref);
    this.visitor.lambda.addToRolePolicy(
      new PolicyStatement({ actions: ['secretsmanager:GetSecretValue'], resources: [key.ref] }),
    );
    const every = Duration.minutes(canaryMinutes);
    new Rule(this, 'Schedule', {
      description: `Runs the canary every ${every.toHumanString()}`,
      schedule: Schedule.rate(every),
      targets: [new LambdaFunction(this.visitor.lambda, { retryAttempts: 0, maxEventAge: every })],
    });
    new CfnOutput(this, 'CanaryKeySecret', { value: key.ref });
  }
}
