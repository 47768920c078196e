import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type App, Stack, Validations } from 'aws-cdk-lib';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import { AwsSolutionsChecks } from 'cdk-nag';
import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { newApp } from './synth.ts';

describe('security checks', () => {
  beforeEach(() => void jest.spyOn(console, 'error').mockImplementation(() => undefined));
  afterEach(() => void jest.restoreAllMocks());

  test.each(['dev', 'staging', 'prod'] as const)(
    'find nothing in %s that is not answered for',
    (environment) => {
      expect(findings(newApp({ environment }, true))).toEqual([]);
    },
  );

  test('find a bucket that is open', () => {
    const app = newApp();
    new Bucket(new Stack(app, 'Careless'), 'Open');
    expect(findings(app)).toEqual(expect.arrayContaining(['AwsSolutions-S1', 'AwsSolutions-S10']));
  });
});

/** Rules that the checks report, of cdk-nag and of the library's own template validation. */
function findings(app: App): string[] {
  Validations.of(app).addPlugins(new AwsSolutionsChecks(app));
  try {
    app.synth();
  } catch (error) {
    if (!/validation ?(failed|report)|A copy of this report/i.test(String(error))) throw error;
  }
  const report = JSON.parse(readFileSync(join(app.outdir, 'validation-report.json'), 'utf8')) as {
    pluginReports: { violations: { ruleName: string }[] }[];
  };
  return report.pluginReports.flatMap(({ violations }) => violations.map(({ ruleName }) => ruleName));
}
