import { Stack } from 'aws-cdk-lib';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { findings } from './findings.ts';
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
