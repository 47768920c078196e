/**
 * A CDK app with one of each resource type that a Plinth cell is made of, split over stacks that reference each
 * other: what the template reader must understand in full.
 */
import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as cdk from 'aws-cdk-lib';
import * as apigateway from 'aws-cdk-lib/aws-apigateway';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import * as actions from 'aws-cdk-lib/aws-cloudwatch-actions';
import * as cognito from 'aws-cdk-lib/aws-cognito';
import * as dynamodb from 'aws-cdk-lib/aws-dynamodb';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as events from 'aws-cdk-lib/aws-events';
import * as targets from 'aws-cdk-lib/aws-events-targets';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as kms from 'aws-cdk-lib/aws-kms';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import { SqsEventSource } from 'aws-cdk-lib/aws-lambda-event-sources';
import * as logs from 'aws-cdk-lib/aws-logs';
import * as rds from 'aws-cdk-lib/aws-rds';
import * as s3 from 'aws-cdk-lib/aws-s3';
import * as scheduler from 'aws-cdk-lib/aws-scheduler';
import * as schedulerTargets from 'aws-cdk-lib/aws-scheduler-targets';
import * as secretsmanager from 'aws-cdk-lib/aws-secretsmanager';
import * as ses from 'aws-cdk-lib/aws-ses';
import * as sns from 'aws-cdk-lib/aws-sns';
import * as sqs from 'aws-cdk-lib/aws-sqs';
import * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import * as tasks from 'aws-cdk-lib/aws-stepfunctions-tasks';
import * as triggers from 'aws-cdk-lib/triggers';
import * as wafv2 from 'aws-cdk-lib/aws-wafv2';

/** A folder with an ESM handler, as a bundler would leave it. */
export function codeFolder(source: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'plinth-code-'));
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'index.mjs'), source);
  return folder;
}

/** Synthesizes the app into a temporary folder and answers its path. */
export function synthesizeEverything(): string {
  const outdir = mkdtempSync(join(tmpdir(), 'plinth-cdk-'));
  const app = new cdk.App({ outdir, analyticsReporting: false });
  const stage = new cdk.Stage(app, 'us', { env: { region: 'us-east-1' } });
  const data = new DataStack(stage, 'data');
  const identity = new IdentityStack(stage, 'identity');
  new HttpStack(stage, 'http', data, identity);
  app.synth();
  return outdir;
}

const handler = 'export const handler = async (event) => ({ event });';

class DataStack extends cdk.Stack {
  readonly vpc: ec2.IVpc;
  readonly proxy: rds.DatabaseProxy;
  readonly cluster: rds.DatabaseCluster;
  readonly table: dynamodb.TableV2;
  readonly oldTable: dynamodb.Table;
  readonly bucket: s3.Bucket;
  readonly key: kms.Key;

  constructor(scope: cdk.Stage, id: string) {
    super(scope, id);
    const vpc = new ec2.Vpc(this, 'Vpc', { maxAzs: 2, natGateways: 1 });
    // The library's own types disagree about optional properties; here and below the interface is meant.
    this.vpc = vpc as ec2.IVpc;
    vpc.addGatewayEndpoint('S3', { service: ec2.GatewayVpcEndpointAwsService.S3 });
    vpc.addInterfaceEndpoint('Sqs', { service: ec2.InterfaceVpcEndpointAwsService.SQS });
    vpc.addFlowLog('Flow');
    this.key = new kms.Key(this, 'Key', { enableKeyRotation: true, alias: 'alias/plinth' });
    this.cluster = new rds.DatabaseCluster(this, 'Database', {
      engine: rds.DatabaseClusterEngine.auroraPostgres({ version: rds.AuroraPostgresEngineVersion.VER_16_6 }),
      vpc: this.vpc,
      writer: rds.ClusterInstance.serverlessV2('writer'),
      iamAuthentication: true,
      storageEncryptionKey: this.key,
      parameters: { 'rds.force_ssl': '1' },
    });
    this.proxy = this.cluster.addProxy('Proxy', {
      vpc: this.vpc,
      secrets: this.cluster.secret === undefined ? [] : [this.cluster.secret],
      iamAuth: true,
    });
    this.table = new dynamodb.TableV2(this, 'Gate', {
      partitionKey: { name: 'pk', type: dynamodb.AttributeType.STRING },
    });
    this.oldTable = new dynamodb.Table(this, 'Sessions', {
      partitionKey: { name: 'pk', type: dynamodb.AttributeType.STRING },
      timeToLiveAttribute: 'ttl',
    });
    this.bucket = new s3.Bucket(this, 'Files', {
      enforceSSL: true,
      encryptionKey: this.key,
      serverAccessLogsBucket: new s3.Bucket(this, 'Access') as s3.IBucket,
    });
    new cdk.CfnOutput(this, 'FilesName', { value: this.bucket.bucketName, exportName: 'files-name' });
  }
}

class IdentityStack extends cdk.Stack {
  readonly pool: cognito.UserPool;
  readonly client: cognito.UserPoolClient;
  readonly domain: cognito.UserPoolDomain;

  constructor(scope: cdk.Stage, id: string) {
    super(scope, id);
    const trigger = new lambda.Function(this, 'PreToken', {
      runtime: lambda.Runtime.NODEJS_24_X,
      architecture: lambda.Architecture.ARM_64,
      handler: 'index.handler',
      code: lambda.Code.fromAsset(codeFolder(handler)),
    });
    this.pool = new cognito.UserPool(this, 'Pool', {
      mfa: cognito.Mfa.OPTIONAL,
      mfaSecondFactor: { otp: true, sms: false },
      lambdaTriggers: { preTokenGeneration: trigger },
    });
    const server = this.pool.addResourceServer('Api', {
      identifier: 'plinth',
      scopes: [{ scopeName: 'all', scopeDescription: 'everything' }],
    });
    this.client = this.pool.addClient('Console', {
      generateSecret: false,
      oAuth: { callbackUrls: ['http://localhost/callback'] },
    });
    this.client.node.addDependency(server);
    this.domain = this.pool.addDomain('Domain', { cognitoDomain: { domainPrefix: 'plinth-example' } });
    new cognito.CfnManagedLoginBranding(this, 'Branding', {
      userPoolId: this.pool.userPoolId,
      clientId: this.client.userPoolClientId,
      useCognitoProvidedValues: true,
    });
    new cognito.CfnUserPoolGroup(this, 'Admins', { userPoolId: this.pool.userPoolId, groupName: 'admins' });
    const set = new ses.ConfigurationSet(this, 'Mail');
    new ses.EmailIdentity(this, 'Sender', {
      identity: ses.Identity.email('plinth@example.com'),
      configurationSet: set,
    });
  }
}

class HttpStack extends cdk.Stack {
  constructor(scope: cdk.Stage, id: string, data: DataStack, identity: IdentityStack) {
    super(scope, id);
    const secret = new secretsmanager.Secret(this, 'Pepper', {
      generateSecretString: { secretStringTemplate: '{"v":1}', generateStringKey: 'pepper' },
    });
    const dead = new sqs.Queue(this, 'Dead', { enforceSSL: true });
    const queue = new sqs.Queue(this, 'Jobs', {
      enforceSSL: true,
      visibilityTimeout: cdk.Duration.seconds(60),
      deadLetterQueue: { queue: dead, maxReceiveCount: 3 },
    });
    const group = new logs.LogGroup(this, 'ApiLogs', { retention: logs.RetentionDays.ONE_MONTH });
    const fn = new lambda.Function(this, 'Api', {
      runtime: lambda.Runtime.NODEJS_24_X,
      architecture: lambda.Architecture.ARM_64,
      handler: 'index.handler',
      code: lambda.Code.fromAsset(codeFolder(handler)),
      vpc: data.vpc,
      logGroup: group,
      timeout: cdk.Duration.seconds(20),
      memorySize: 512,
      reservedConcurrentExecutions: 5,
      environment: {
        TABLE: data.table.tableName,
        OLD_TABLE: data.oldTable.tableName,
        TABLE_ARN: data.table.tableArn,
        BUCKET: data.bucket.bucketName,
        PROXY: data.proxy.endpoint,
        CLUSTER: data.cluster.clusterEndpoint.hostname,
        PORT: cdk.Token.asString(data.cluster.clusterEndpoint.port),
        POOL: identity.pool.userPoolId,
        CLIENT: identity.client.userPoolClientId,
        LOGIN: identity.domain.baseUrl(),
        ISSUER: identity.pool.userPoolProviderUrl,
        QUEUE: queue.queueUrl,
        QUEUE_NAME: queue.queueName,
        SECRET: secret.secretArn,
        JOINED: cdk.Fn.join('-', [cdk.Aws.REGION, cdk.Aws.ACCOUNT_ID]),
      },
    });
    data.table.grantReadWriteData(fn);
    data.bucket.grantRead(fn);
    data.proxy.grantConnect(fn, 'app');
    secret.grantRead(fn);
    queue.grantSendMessages(fn);
    queue.grantConsumeMessages(fn);
    const alias = new lambda.Alias(this, 'Live', {
      aliasName: 'live',
      version: fn.currentVersion as lambda.IVersion,
    });
    alias.addEventSource(
      new SqsEventSource(queue, { batchSize: 5, reportBatchItemFailures: true, maxConcurrency: 2 }),
    );
    const body = {
      openapi: '3.0.1',
      info: { title: 'x', version: '1' },
      paths: {
        '/v1/things': {
          get: {
            'x-amazon-apigateway-integration': {
              type: 'aws_proxy',
              httpMethod: 'POST',
              uri: `arn:aws:apigateway:${this.region}:lambda:path/2015-03-31/functions/${alias.functionArn}/invocations`,
            },
          },
        },
      },
    };
    const api = new apigateway.SpecRestApi(this, 'Rest', {
      apiDefinition: apigateway.ApiDefinition.fromInline(body),
      deployOptions: {
        stageName: 'api',
        tracingEnabled: true,
        accessLogDestination: new apigateway.LogGroupLogDestination(new logs.LogGroup(this, 'Access')),
      },
      cloudWatchRole: true,
    });
    alias.addPermission('Invoke', {
      principal: new iam.ServicePrincipal('apigateway.amazonaws.com'),
      sourceArn: api.arnForExecuteApi(),
    });
    const acl = new wafv2.CfnWebACL(this, 'Acl', {
      scope: 'REGIONAL',
      defaultAction: { allow: {} },
      visibilityConfig: { cloudWatchMetricsEnabled: true, metricName: 'acl', sampledRequestsEnabled: true },
    });
    new wafv2.CfnWebACLAssociation(this, 'AclOnApi', {
      resourceArn: api.deploymentStage.stageArn,
      webAclArn: acl.attrArn,
    });
    const bus = new events.EventBus(this, 'Bus', { eventBusName: 'plinth' });
    const machine = new sfn.StateMachine(this, 'Provision', {
      definitionBody: sfn.DefinitionBody.fromChainable(
        new tasks.LambdaInvoke(this, 'CreateRow', {
          lambdaFunction: alias as lambda.IFunction,
          payloadResponseOnly: false,
        }),
      ),
      tracingEnabled: true,
      logs: { destination: new logs.LogGroup(this, 'MachineLogs'), level: sfn.LogLevel.ALL },
    });
    fn.addEnvironment('MACHINE', `arn:aws:states:${this.region}:${this.account}:stateMachine:other`);
    new events.Rule(this, 'OnRequest', {
      eventBus: bus,
      eventPattern: { detailType: ['onboardingRequest'] },
      targets: [
        new targets.SfnStateMachine(machine),
        new targets.SqsQueue(queue, { deadLetterQueue: dead }),
        new targets.LambdaFunction(alias as lambda.IFunction),
      ],
    });
    new scheduler.Schedule(this, 'Nightly', {
      schedule: scheduler.ScheduleExpression.cron({ minute: '0', hour: '3' }),
      target: new schedulerTargets.LambdaInvoke(alias as lambda.IFunction, {
        input: scheduler.ScheduleTargetInput.fromObject({ job: 'nightly' }),
      }),
    });
    const topic = new sns.Topic(this, 'Alarms', { enforceSSL: true });
    const alarm = new cloudwatch.Alarm(this, 'Errors', {
      metric: alias.metricErrors(),
      threshold: 1,
      evaluationPeriods: 1,
    });
    alarm.addAlarmAction(new actions.SnsAction(topic));
    new cloudwatch.Dashboard(this, 'Board', {
      widgets: [[new cloudwatch.GraphWidget({ left: [fn.metricErrors()] })]],
    });
    new triggers.TriggerFunction(this, 'Migrate', {
      runtime: lambda.Runtime.NODEJS_24_X,
      handler: 'index.handler',
      code: lambda.Code.fromAsset(codeFolder(handler)),
      environment: { BUCKET: cdk.Fn.importValue('files-name') },
    });
  }
}
