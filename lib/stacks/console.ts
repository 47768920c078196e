/** Where the web console is served from: a private bucket behind CloudFront, with strict headers. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { type CfnElement, CfnOutput, Duration } from 'aws-cdk-lib';
import { Certificate } from 'aws-cdk-lib/aws-certificatemanager';
import {
  Distribution,
  HeadersFrameOption,
  HeadersReferrerPolicy,
  PriceClass,
  ResponseHeadersPolicy,
  SecurityPolicyProtocol,
  ViewerProtocolPolicy,
} from 'aws-cdk-lib/aws-cloudfront';
import { S3BucketOrigin } from 'aws-cdk-lib/aws-cloudfront-origins';
import type { IBucket } from 'aws-cdk-lib/aws-s3';
import { BucketDeployment, CacheControl, Source } from 'aws-cdk-lib/aws-s3-deployment';
import type { Construct } from 'constructs';
import { accept } from '#lib/constructs/accept.ts';
import { type CellFacts, CellStack } from '#lib/constructs/cell-stack.ts';
import { accessLogBucket, privateBucket } from '#lib/constructs/private-bucket.ts';
import { contentPolicy, keptAs, moreHeaders } from '#shared/config/console-headers.ts';

/** Where the console finds its deployment, and how the command line signs in to it. */
export type ConsoleAddresses = {
  apiUrl: string;
  loginUrl: string;
  clientId: string;
  commandLine: { clientId: string; returnUrls: string[] };
};

export class ConsoleStack extends CellStack {
  readonly distribution: Distribution;

  /** @param built folder with the built console; without one, there is only the place for it */
  constructor(scope: Construct, facts: CellFacts, addresses: ConsoleAddresses, built?: string) {
    super(scope, 'console', facts, 'Console: bucket and distribution');
    const logs = accessLogBucket(this, 'AccessLogs');
    const files = privateBucket(this, 'Files', { bucket: logs, prefix: 'files/' });
    this.distribution = this.createDistribution(files, logs);
    if (built !== undefined && existsSync(join(built, 'index.html'))) this.publish(files, built, addresses);
    new CfnOutput(this, 'ConsoleDomain', { value: this.distribution.distributionDomainName });
  }

  private createDistribution(files: IBucket, logs: IBucket): Distribution {
    const { url, certificateArn } = this.facts.deployment.console;
    const distribution = new Distribution(this, 'Distribution', {
      comment: `${this.facts.name} console`,
      defaultRootObject: 'index.html',
      defaultBehavior: {
        origin: S3BucketOrigin.withOriginAccessControl(files),
        responseHeadersPolicy: this.headers(),
        viewerProtocolPolicy: ViewerProtocolPolicy.REDIRECT_TO_HTTPS,
        compress: true,
      },
      // The console routes in the browser: every unknown path is its start page.
      errorResponses: [403, 404].map((httpStatus) => ({
        httpStatus,
        responseHttpStatus: 200,
        responsePagePath: '/index.html',
        ttl: Duration.minutes(1),
      })),
      priceClass: PriceClass.PRICE_CLASS_100,
      enableLogging: true,
      logBucket: logs,
      logFilePrefix: 'distribution/',
      ...(certificateArn === undefined
        ? {}
        : {
            minimumProtocolVersion: SecurityPolicyProtocol.TLS_V1_2_2021,
            domainNames: [new URL(url).hostname],
            certificate: Certificate.fromCertificateArn(this, 'Certificate', certificateArn),
          }),
    });
    accept(distribution, {
      CFR1: 'Tenants work from anywhere; where their data lies is decided by residency, not by the reader’s country.',
      CFR2: 'Only public, static files are served here; the API has its own firewall.',
      ...(certificateArn === undefined
        ? {
            CFR4: 'CloudFront’s own domain fixes the protocol; with a configured certificate TLS 1.2 is the least.',
          }
        : {}),
    });
    return distribution;
  }

  private headers(): ResponseHeadersPolicy {
    const { region } = this;
    const own = this.facts.deployment.apiDomains[this.facts.region];
    const connect = [
      ...(own === undefined ? [] : [`https://${own.name}`]),
      `https://*.execute-api.${region}.amazonaws.com`,
      `https://*.auth.${region}.amazoncognito.com`,
      `https://cognito-idp.${region}.amazonaws.com`,
    ];
    return new ResponseHeadersPolicy(this, 'Headers', {
      securityHeadersBehavior: {
        contentSecurityPolicy: {
          contentSecurityPolicy: contentPolicy(connect),
          override: true,
        },
        contentTypeOptions: { override: true },
        frameOptions: { frameOption: HeadersFrameOption.DENY, override: true },
        referrerPolicy: { referrerPolicy: HeadersReferrerPolicy.NO_REFERRER, override: true },
        strictTransportSecurity: {
          accessControlMaxAge: Duration.days(365),
          includeSubdomains: true,
          override: true,
        },
      },
      customHeadersBehavior: {
        customHeaders: Object.entries(moreHeaders).map(([header, value]) => ({
          ...{ header, value, override: true },
        })),
      },
    });
  }

  private publish(files: IBucket, built: string, addresses: ConsoleAddresses): void {
    const config = {
      ...addresses,
      redirectUri: this.facts.deployment.signInReturnUrls[0],
      region: this.facts.region,
    };
    const common = {
      destinationBucket: files,
      // Pages that are open in a browser still ask for the assets of the version before.
      prune: false,
    };
    const assets = new BucketDeployment(this, 'PublishAssets', {
      ...common,
      sources: [Source.asset(built)],
      exclude: ['*'],
      include: ['assets/*'],
      cacheControl: [CacheControl.fromString(keptAs.assets)],
    });
    const pages = new BucketDeployment(this, 'Publish', {
      ...common,
      sources: [Source.asset(built), Source.jsonData('config.json', config)],
      exclude: ['assets/*'],
      cacheControl: [CacheControl.fromString(keptAs.others)],
      distribution: this.distribution,
      distributionPaths: ['/index.html', '/config.json', '/openapi.json'],
    });
    // A page that is read names assets that are there.
    pages.node.addDependency(assets);
    const reason = 'The CDK library’s own uploader, which runs during deployments only.';
    accept(this, Object.fromEntries(this.uploaderFindings(files).map((finding) => [finding, reason])));
  }

  /** What the checks say of the uploader, finding by finding, so that nothing else passes with it. */
  private uploaderFindings(files: IBucket): string[] {
    const actions = ['GetBucket', 'GetObject', 'List', 'Abort', 'DeleteObject'];
    const assets = `arn:aws:s3:::cdk-hnb659fds-assets-<AWS::AccountId>-${this.region}`;
    const bucket = this.getLogicalId(files.node.defaultChild as CfnElement);
    return [
      'L1',
      'IAM4[Policy::arn:<AWS::Partition>:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole]',
      ...actions.map((action) => `IAM5[Action::s3:${action}*]`),
      ...[`${assets}/*`, `<${bucket}.Arn>/*`, '*'].map((resource) => `IAM5[Resource::${resource}]`),
    ];
  }
}
