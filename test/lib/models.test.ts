/** What the template gives to calls of models: keys that stand nowhere, Bedrock for named models, and alarms. */
import { beforeAll, describe, expect, test } from '@jest/globals';
import { bedrockProfiles, models } from '#shared/config/models.ts';
import { regionNames, regions } from '#shared/config/regions.ts';
import { environmentOf, flatten, kernelFunctions, ofType, statementsOf } from './synth.ts';
import { type Statement, type Synthesized, synthesize } from './synth.ts';

describe('calls of models', () => {
  let cell: Synthesized;

  beforeAll(() => {
    cell = synthesize();
  });

  const environment = () => environmentOf(kernelFunctions(cell).get('stream-ai') ?? { Type: '' });
  const granted = (of: Synthesized, service: string): Statement[] =>
    statementsOf(of, 'stream-ai').filter(({ Action: action }) => flatten(action).startsWith(`${service}:`));

  test('[AI-1] a provider’s key has a secret without a value, which no deployment overwrites', () => {
    const secrets = ofType(cell.templates.data, 'AWS::SecretsManager::Secret').filter(([id]) =>
      id.startsWith('ModelKey'),
    );
    expect(secrets.map(([id]) => id).sort()).toEqual(['ModelKeyanthropic', 'ModelKeyopenai']);
    for (const [, { Properties: properties }] of secrets) {
      expect(Object.keys(properties ?? {})).toEqual(['Description']);
    }
    expect(JSON.parse(environment().MODEL_KEY_SECRETS ?? '')).toEqual({ anthropic: '…', openai: '…' });
    expect(environment()).not.toHaveProperty('MODEL_STAND_IN_URL');
  });

  test('[OPS-5] only the function that calls models reads the keys, and nothing else of the kind', () => {
    const [first, ...rest] = granted(cell, 'secretsmanager');
    expect([first, ...rest].map((statement) => statement?.Action)).toEqual(['secretsmanager:GetSecretValue']);
    expect(JSON.stringify(first?.Resource)).toMatch(/ModelKeyanthropic.*ModelKeyopenai/);
    const others = [...kernelFunctions(cell).keys()].filter((name) => name !== 'stream-ai');
    for (const name of others) {
      expect([name, JSON.stringify(statementsOf(cell, name)).includes('ModelKey')]).toEqual([name, false]);
      expect([name, JSON.stringify(statementsOf(cell, name)).includes('bedrock:')]).toEqual([name, false]);
    }
  });

  test.each(regionNames)(
    '[OPS-5] [AI-1] in %s Bedrock answers from the models of the catalogue alone',
    (region) => {
      const { aws } = regions[region];
      const of = region === 'us' ? cell : synthesize({ regions: [region] });
      const arn = (rest: string) => `arn:aws:bedrock:${rest}`;
      const geography = aws.split('-')[0];
      const wanted = bedrockProfiles(aws).flatMap((profile) => [
        { resource: arn(`${aws}:…:inference-profile/${profile}`), only: undefined },
        {
          resource: arn(`${geography}-*::foundation-model/${profile.split('.').slice(1).join('.')}`),
          only: arn(`${aws}:…:inference-profile/${profile}`),
        },
      ]);
      const found = granted(of, 'bedrock').flatMap(
        ({ Action: action, Resource: resource, Condition: condition }) => {
          expect(action).toEqual(['bedrock:InvokeModel', 'bedrock:InvokeModelWithResponseStream']);
          const only = (condition as { ArnEquals: Record<string, unknown> } | undefined)?.ArnEquals;
          return [resource].flat().map((one) => ({
            resource: flatten(one),
            only: only === undefined ? undefined : flatten(only['bedrock:InferenceProfileArn']),
          }));
        },
      );
      const sorted = (all: typeof found) => all.map((one) => JSON.stringify(one)).sort();
      expect(sorted(found)).toEqual(sorted(wanted));
      expect(wanted).toHaveLength(2 * Object.values(models).filter(isOnBedrock).length);
    },
  );

  test('[AI-1] a deployment without Bedrock, or with one provider, grants no more than that', () => {
    const small = synthesize({ changed: { models: { keys: ['anthropic'], bedrock: false } } });
    const { MODEL_BEDROCK: onBedrock, MODEL_KEY_SECRETS: keys = '' } = environmentOf(
      kernelFunctions(small).get('stream-ai') ?? { Type: '' },
    );
    expect([onBedrock, JSON.parse(keys)]).toEqual(['off', { anthropic: '…' }]);
    expect(granted(small, 'bedrock')).toEqual([]);
    expect(JSON.stringify(granted(small, 'secretsmanager'))).not.toContain('openai');
  });

  test('[OPS-1] somebody is told when models fail, and when a provider has no key', () => {
    const alarms = ofType(cell.templates.observability, 'AWS::CloudWatch::Alarm').map(
      ([, { Properties: properties }]) => properties ?? {},
    );
    const about = (metric: string) => alarms.filter(({ MetricName: name }) => name === metric);
    expect(about('ModelKeysMissing')).toMatchObject([{ Threshold: 0, Namespace: 'Plinth' }]);
    expect(about('ModelFailures')).toMatchObject([{ Threshold: 20, Namespace: 'Plinth' }]);
    // Answers of models take longer than any other: they would hide what is slow.
    const endpoints = about('Latency').filter(({ AlarmName: name }) => String(name).endsWith('-ApiSlow'));
    expect(endpoints).toMatchObject([{ Namespace: 'Plinth', ExtendedStatistic: 'p95', Threshold: 1_000 }]);
  });
});

function isOnBedrock({ class: ofClass, offers }: (typeof models)[string]): boolean {
  return ofClass !== 'embedding' && offers.some(({ provider }) => provider === 'bedrock');
}
