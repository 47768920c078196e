/** The console's distribution: who reads it, with which headers, and when it is published. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App, Validations } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { AwsSolutionsChecks } from 'cdk-nag';
import { describe, expect, test } from '@jest/globals';
import { bundleFunctions } from '#lib/bundle.ts';
import { features } from '#lib/features.ts';
import { ConsoleStack } from '#lib/stacks/console.ts';
import { deploymentOf } from '#shared/config/deployments.ts';
import { modules, ofType, only, synthesize, type Template } from './synth.ts';

const bundles = await bundleFunctions({ maps: false });

describe('the console', () => {
  test('is read through CloudFront only, with headers that let no other site in', () => {
    const { console: template } = synthesize().templates;
    expect(ofType(template, 'AWS::CloudFront::OriginAccessControl')).toHaveLength(1);
    const { ResponseHeadersPolicyConfig: config } = only(template, 'AWS::CloudFront::ResponseHeadersPolicy')
      .Properties as { ResponseHeadersPolicyConfig: HeadersConfig };
    const { ContentSecurityPolicy: content, ...security } = config.SecurityHeadersConfig;
    expect(security).toEqual({
      ContentTypeOptions: { Override: true },
      FrameOptions: { FrameOption: 'DENY', Override: true },
      ReferrerPolicy: { ReferrerPolicy: 'no-referrer', Override: true },
      StrictTransportSecurity: {
        AccessControlMaxAgeSec: 31_536_000,
        IncludeSubdomains: true,
        Override: true,
      },
    });
    const rules = new Map(
      content.ContentSecurityPolicy.split('; ').map((rule) => [
        rule.split(' ')[0],
        rule.split(' ').slice(1).join(' '),
      ]),
    );
    expect(Object.fromEntries(rules)).toMatchObject({
      ...{
        'default-src': "'none'",
        'script-src': "'self'",
        'frame-ancestors': "'none'",
        'base-uri': "'none'",
      },
      ...{ 'form-action': "'self'" },
    });
    expect(rules.get('connect-src')).toContain('https://*.execute-api.us-east-1.amazonaws.com');
    expect(content.ContentSecurityPolicy).not.toContain('unsafe-eval');
    const [, distribution] = ofType(template, 'AWS::CloudFront::Distribution')[0] ?? [];
    expect(distribution?.Properties?.DistributionConfig).toMatchObject({
      DefaultCacheBehavior: {
        ResponseHeadersPolicyId: { Ref: expect.any(String) },
        ViewerProtocolPolicy: 'redirect-to-https',
      },
    });
  });

  test('is published when it has been built, and nothing is published before', () => {
    const built = mkdtempSync(join(tmpdir(), 'plinth-console-'));
    expect(published(built)).toEqual([]);
    writeFileSync(join(built, 'index.html'), '<!doctype html><title>Console</title>');
    const uploads = published(built);
    rmSync(built, { recursive: true });
    expect(uploads).toHaveLength(2);
    const [assets, pages] = ['PublishAssets', 'Publish'].map((name) =>
      uploads.find(([id]) => new RegExp(`^${name}CustomResource`).test(id)),
    );
    expect(assets?.[1].Properties).toMatchObject({
      ...{ Exclude: ['*'], Include: ['assets/*'], Prune: false },
      SystemMetadata: { 'cache-control': 'public, max-age=31536000, immutable' },
    });
    expect(pages?.[1].Properties).toMatchObject({
      ...{ Exclude: ['assets/*'], Prune: false, SystemMetadata: { 'cache-control': 'no-cache' } },
      DistributionPaths: expect.arrayContaining(['/index.html', '/config.json']),
    });
    // A start page that is already new never names assets that are not there yet.
    expect(pages?.[1].DependsOn).toContain(assets?.[0]);
  });
});

type HeadersConfig = {
  SecurityHeadersConfig: Record<string, unknown> & {
    ContentSecurityPolicy: { ContentSecurityPolicy: string };
  };
};

/** How a build would be uploaded; the security checks must have nothing to say about it. */
function published(built: string) {
  const outdir = mkdtempSync(join(tmpdir(), 'plinth-synth-'));
  const app = new App({
    outdir,
    context: features,
    analyticsReporting: false,
    builtinCloudFormationValidation: false,
  });
  Validations.of(app).addPlugins(new AwsSolutionsChecks(app));
  const stack = new ConsoleStack(
    new Construct(app, 'plinth-dev-us'),
    {
      name: 'plinth-dev-us',
      region: 'us',
      account: undefined,
      deployment: deploymentOf('dev'),
      bundles,
      modules,
    },
    {
      ...{ apiUrl: 'https://api.example', loginUrl: 'https://login.example', clientId: 'client' },
      commandLine: { clientId: 'command-line', returnUrls: ['http://localhost:8741/signed-in'] },
    },
    built,
  );
  const { templateFullPath } = app.synth().getStackArtifact(stack.artifactId);
  const template = JSON.parse(readFileSync(templateFullPath, 'utf8')) as Template;
  rmSync(outdir, { recursive: true });
  return ofType(template, 'Custom::CDKBucketDeployment');
}
