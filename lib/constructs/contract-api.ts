/**
 * The REST API, imported from the document that the contracts generate: one resource instead of hundreds. Every
 * integration points at a function's `live` alias, so that a new version goes live by moving the alias.
 */
import { CfnOutput, RemovalPolicy, Stack } from 'aws-cdk-lib';
import {
  AccessLogFormat,
  AccessLogField,
  ApiDefinition,
  DomainName,
  EndpointType,
  type IRestApi,
  LogGroupLogDestination,
  MethodLoggingLevel,
  SecurityPolicy,
  SpecRestApi,
  type Stage,
} from 'aws-cdk-lib/aws-apigateway';
import { Certificate } from 'aws-cdk-lib/aws-certificatemanager';
import { ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Alias, type IVersion } from 'aws-cdk-lib/aws-lambda';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { gatewayDocument } from '#shared/contract/gateway.ts';
import type { Module } from '#shared/contract/module.ts';
import { accept } from './accept.ts';
import { cellOf, isInSecondRegion } from './cell-stack.ts';
import type { KernelFunction } from './kernel-function.ts';

export type ContractApiProps = {
  modules: readonly Module[];
  /** The functions of each module: for what is answered in one piece, and for what streams. */
  functions: Record<'http' | 'stream', ReadonlyMap<string, KernelFunction>>;
};

/** The only stage of the API. */
export const stageName = 'live';

const pushToLogs =
  'IAM4[Policy::arn:<AWS::Partition>:iam::aws:policy/service-role/AmazonAPIGatewayPushToCloudWatchLogs]';

export class ContractApi extends Construct {
  readonly api: SpecRestApi;
  readonly stage: Stage;
  readonly url: string;
  /** The `live` aliases by the name of their function: `http-members`. */
  readonly aliases: ReadonlyMap<string, Alias>;

  constructor(scope: Construct, id: string, props: ContractApiProps) {
    super(scope, id);
    const { facts } = cellOf(this);
    const { deployment } = facts;
    const aliases = { http: aliasesOf(props.functions.http), stream: aliasesOf(props.functions.stream) };
    this.aliases = new Map(
      Object.entries(aliases).flatMap(([kind, some]) =>
        [...some].map(([name, alias]) => [`${kind}-${name}`, alias] as const),
      ),
    );
    const accessLog = new LogGroup(this, 'AccessLog', {
      retention: deployment.accessLogRetentionDays,
      removalPolicy: deployment.keepData ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY,
    });
    this.api = new SpecRestApi(this, 'Rest', {
      restApiName: facts.name,
      description: 'Plinth API',
      endpointTypes: [EndpointType.REGIONAL],
      apiDefinition: ApiDefinition.fromInline(
        gatewayDocument(props.modules, {
          title: facts.name,
          uri: ({ module, endpoint }) =>
            endpoint.streams
              ? streamingUri(this, aliases.stream.get(module))
              : invocationUri(this, aliases.http.get(module)),
          allowedOrigins: deployment.allowedOrigins,
        }),
      ),
      cloudWatchRole: true,
      cloudWatchRoleRemovalPolicy: RemovalPolicy.RETAIN,
      deployOptions: {
        stageName,
        tracingEnabled: true,
        metricsEnabled: true,
        loggingLevel: MethodLoggingLevel.ERROR,
        dataTraceEnabled: false,
        throttlingRateLimit: deployment.throttle.ratePerSecond,
        throttlingBurstLimit: deployment.throttle.burst,
        accessLogDestination: new LogGroupLogDestination(accessLog),
        accessLogFormat: withoutPersonalData(),
      },
    });
    this.stage = this.api.deploymentStage;
    this.url = this.addDomain() ?? this.api.url;
    for (const alias of [...aliases.http.values(), ...aliases.stream.values()]) {
      alias.addPermission('Gateway', {
        principal: new ServicePrincipal('apigateway.amazonaws.com'),
        sourceArn: this.api.arnForExecuteApi('*', '/*', stageName),
      });
    }
    accept(this.api, {
      APIG2:
        'Validation is declared in the imported document, which this check does not read; a test proves it.',
      [pushToLogs]:
        'API Gateway writes its logs through one account-wide role, for which AWS prescribes this policy.',
    });
  }

  /** A name on the console's site; whoever owns the domain points it at the target that is printed. */
  private addDomain(): string | undefined {
    const { facts } = cellOf(this);
    const own = facts.deployment.apiDomains[facts.region];
    const certificateArn = isInSecondRegion(facts) ? own?.standbyCertificateArn : own?.certificateArn;
    if (own === undefined || certificateArn === undefined) return undefined;
    const domain = new DomainName(this, 'Domain', {
      domainName: own.name,
      certificate: Certificate.fromCertificateArn(this, 'Certificate', certificateArn),
      endpointType: EndpointType.REGIONAL,
      securityPolicy: SecurityPolicy.TLS_1_2,
      mapping: this.api as IRestApi,
    });
    new CfnOutput(this, 'DomainTarget', { value: domain.domainNameAliasDomainName });
    return `https://${own.name}/`;
  }
}

function aliasesOf(functions: ReadonlyMap<string, KernelFunction>): Map<string, Alias> {
  return new Map(
    [...functions].map(([name, fn]) => [
      name,
      new Alias(fn, 'Live', { aliasName: 'live', version: fn.lambda.currentVersion as IVersion }),
    ]),
  );
}

function invocationUri(scope: Construct, alias: Alias | undefined): string {
  return `${lambdaPath(scope)}/2015-03-31/functions/${arnOf(alias)}/invocations`;
}

/** Another action of Lambda's, of another version of its interface: the answer is passed on as it comes. */
function streamingUri(scope: Construct, alias: Alias | undefined): string {
  return `${lambdaPath(scope)}/2021-11-15/functions/${arnOf(alias)}/response-streaming-invocations`;
}

function lambdaPath(scope: Construct): string {
  const { region, partition } = Stack.of(scope);
  return `arn:${partition}:apigateway:${region}:lambda:path`;
}

function arnOf(alias: Alias | undefined): string {
  if (alias === undefined) throw new Error('An endpoint belongs to a module without a function.');
  return alias.functionArn;
}

/** Neither address nor agent nor path parameters: the route, not the path; ids are in the application's log. */
function withoutPersonalData(): AccessLogFormat {
  return AccessLogFormat.custom(
    JSON.stringify({
      time: AccessLogField.contextRequestTime(),
      requestId: AccessLogField.contextRequestId(),
      extendedRequestId: AccessLogField.contextExtendedRequestId(),
      xrayTraceId: AccessLogField.contextXrayTraceId(),
      method: AccessLogField.contextHttpMethod(),
      route: AccessLogField.contextResourcePath(),
      status: AccessLogField.contextStatus(),
      responseBytes: AccessLogField.contextResponseLength(),
      latencyMs: AccessLogField.contextResponseLatency(),
      integrationLatencyMs: AccessLogField.contextIntegrationLatency(),
      integrationStatus: AccessLogField.contextIntegrationStatus(),
      firewall: AccessLogField.contextWafResponseCode(),
      error: '$context.error.responseType',
    }),
  );
}
