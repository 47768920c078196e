/** A small CDK app in which everything has an effect: an API, a queue, a rule with a state machine, a trigger. */
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as cdk from 'aws-cdk-lib';
import * as apigateway from 'aws-cdk-lib/aws-apigateway';
import * as events from 'aws-cdk-lib/aws-events';
import * as targets from 'aws-cdk-lib/aws-events-targets';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import { SqsEventSource } from 'aws-cdk-lib/aws-lambda-event-sources';
import * as sqs from 'aws-cdk-lib/aws-sqs';
import * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import * as tasks from 'aws-cdk-lib/aws-stepfunctions-tasks';
import * as triggers from 'aws-cdk-lib/triggers';
import { codeFolder } from '../template/everything.ts';

const sources = {
  Api: 'export const handler = async (event) => ({ statusCode: 200, body: JSON.stringify([process.env.QUEUE, event.pathParameters.id]) });',
  Worker:
    'export const handler = async (event) => { for (const r of event.Records) console.log("worked on", r.body); };',
  Step: 'export const handler = async (event) => { console.log("step", JSON.stringify(event)); return { done: event.id }; };',
  Migrate: 'export const handler = async () => { console.log("migrated"); };',
};

/** Synthesizes it and answers the assembly's folder. */
export function synthesizeSmallApp(): string {
  const outdir = mkdtempSync(join(tmpdir(), 'plinth-small-'));
  const app = new cdk.App({ outdir, analyticsReporting: false });
  const stack = new cdk.Stack(app, 'small', { env: { region: 'us-east-1' } });
  const runtime = { runtime: lambda.Runtime.NODEJS_24_X, handler: 'index.handler' };
  const fn = (id: 'Api' | 'Worker' | 'Step', environment: Record<string, string> = {}) =>
    new lambda.Function(stack, id, {
      ...runtime,
      code: lambda.Code.fromAsset(codeFolder(sources[id])),
      environment,
    });

  const queue = new sqs.Queue(stack, 'Queue');
  const api = fn('Api', { QUEUE: queue.queueUrl });
  const live = new lambda.Alias(stack, 'Live', {
    aliasName: 'live',
    version: api.currentVersion as lambda.IVersion,
  });
  fn('Worker').addEventSource(new SqsEventSource(queue, { batchSize: 1 }));
  const uri = `arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/${live.functionArn}/invocations`;
  new apigateway.SpecRestApi(stack, 'Rest', {
    apiDefinition: apigateway.ApiDefinition.fromInline({
      openapi: '3.0.1',
      info: { title: 'small', version: '1' },
      paths: {
        '/things/{id}': {
          get: { 'x-amazon-apigateway-integration': { type: 'aws_proxy', httpMethod: 'POST', uri } },
        },
      },
    }),
    deployOptions: { stageName: 'v' },
  });
  const machine = new sfn.StateMachine(stack, 'Machine', {
    definitionBody: sfn.DefinitionBody.fromChainable(
      new tasks.LambdaInvoke(stack, 'Do', {
        lambdaFunction: fn('Step'),
        payload: sfn.TaskInput.fromObject({
          id: sfn.JsonPath.stringAt('$.detail.id'),
          nested: { name: sfn.JsonPath.stringAt('$$.Execution.Name') },
        }),
        outputPath: '$.Payload',
      }),
    ),
  });
  new events.Rule(stack, 'Rule', {
    eventPattern: { detailType: ['wanted'] },
    targets: [new targets.SfnStateMachine(machine), new targets.SqsQueue(queue)],
  });
  new triggers.TriggerFunction(stack, 'Migrate', {
    ...runtime,
    code: lambda.Code.fromAsset(codeFolder(sources.Migrate)),
  });
  app.synth();
  return outdir;
}
