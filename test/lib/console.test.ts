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
    const headers = JSON.stringify(only(template, 'AWS::CloudFront::ResponseHeadersPolicy'));
    expect(headers).toContain("default-src 'none'");
    expect(headers).toContain("frame-ancestors 'none'");
    expect(headers).toContain('https://*.execute-api.us-east-1.amazonaws.com');
    expect(headers).not.toContain('unsafe-eval');
  });

  test('is published when it has been built, and nothing is published before', () => {
    const built = mkdtempSync(join(tmpdir(), 'plinth-console-'));
    expect(published(built)).toBe(0);
    writeFileSync(join(built, 'index.html'), '<!doctype html><title>Console</title>');
    expect(published(built)).toBe(1);
    rmSync(built, { recursive: true });
  });
});

/** How often a build would be uploaded; the security checks must have nothing to say about it. */
function published(built: string): number {
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
  return ofType(template, 'Custom::CDKBucketDeployment').length;
}
