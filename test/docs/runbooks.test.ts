/** Every command of a runbook exists: whoever is woken at night has no time to find out that it does not. */
import { existsSync, globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import * as z from 'zod';
import { endpointsOf } from '#shared/contract/module.ts';
import { registry } from '#shared/registry.ts';
import { type Cluster, source, startCluster } from '#test/local/rds/cluster.ts';

const root = join(import.meta.dirname, '../..');
const commands = globSync('docs/runbooks/*.md', { cwd: root }).flatMap((document) => {
  const text = readFileSync(join(root, document), 'utf8');
  return [...text.matchAll(/^```sh\n([\s\S]*?)^```$/gm)].flatMap(([, block = '']) =>
    block
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => ({ document, line })),
  );
});
const of = (program: string) => commands.filter(({ line }) => line.startsWith(`${program} `));

test('a runbook uses programs that are checked here, and no others', () => {
  const known = ['curl', 'aws', 'npm', 'npx'];
  expect(commands.filter(({ line }) => !known.includes(line.split(' ')[0] ?? ''))).toEqual([]);
  expect(commands.length).toBeGreaterThan(25);
});

describe('calls of the API', () => {
  const endpoints = endpointsOf(Object.values(registry));

  test.each(of('curl'))('$document: $line', ({ line }) => {
    const method = /-X ([A-Z]+)/.exec(line)?.[1] ?? 'GET';
    const path = /"\$API([^"?]*)/.exec(line)?.[1] ?? '';
    const found = endpoints.find(
      ({ endpoint }) => endpoint.method === method && pathPattern(endpoint.path).test(path),
    );
    expect(found?.operationId).toBeDefined();
    const endpoint = found?.endpoint;
    const body = /-d '([^']*)'/.exec(line)?.[1];
    expect(bodyMistakes(endpoint?.body, body)).toEqual([]);
    expect(/x-tenant-id/.test(line)).toBe(endpoint?.plane === 'tenant');
    if (endpoint?.idempotency === 'required') expect(line).toContain('idempotency-key');
  });

  test('a path, a field or a key that does not exist is found', () => {
    expect(endpoints.some(({ endpoint }) => pathPattern(endpoint.path).test('/v1/nothing'))).toBe(false);
    const body = z.strictObject({ reason: z.string() });
    expect(bodyMistakes(body, '{"why":"x"}')).toEqual(['reason', 'why']);
    expect(bodyMistakes(body, undefined)).toEqual(['reason']);
    expect(bodyMistakes(undefined, '{}')).toEqual(['body']);
  });

  function pathPattern(path: string): RegExp {
    return new RegExp(`^${path.replaceAll(/\{[^}]+\}/g, '[^/]+')}$`);
  }

  /** Names of fields that are missing, unknown or of another form; ids stand as `$NAME`. */
  function bodyMistakes(schema: z.ZodType | undefined, body: string | undefined): string[] {
    if (schema === undefined) return body === undefined ? [] : ['body'];
    const given = JSON.parse(body ?? '{}') as Record<string, unknown>;
    const { error } = schema.safeParse(given);
    return (error?.issues ?? [])
      .filter(({ path }) => !String(given[String(path[0])]).startsWith('$'))
      .flatMap((issue) => (issue.code === 'unrecognized_keys' ? issue.keys : issue.path.map(String)))
      .sort();
  }
});

describe('calls of AWS', () => {
  /** By the service's name in the AWS CLI: the SDK whose commands are the same, in other words. */
  const packages: Readonly<Record<string, () => Promise<object>>> = {
    stepfunctions: () => import('@aws-sdk/client-sfn'),
    secretsmanager: () => import('@aws-sdk/client-secrets-manager'),
    'cognito-idp': () => import('@aws-sdk/client-cognito-identity-provider'),
    s3api: () => import('@aws-sdk/client-s3'),
    sqs: () => import('@aws-sdk/client-sqs'),
  };
  /** There is no SDK of these here: what the runbooks may use of them. */
  const elsewhere = ['logs start-query', 'route53 change-resource-record-sets', 's3 sync'];
  const others = of('aws').filter(({ line }) => !line.startsWith('aws rds '));

  test.each(others)('$document: $line', async ({ line }) => {
    const [, service = '', action = ''] = line.split(' ');
    if (elsewhere.includes(`${service} ${action}`)) return;
    expect(Object.keys((await packages[service]?.()) ?? {})).toContain(`${pascal(action)}Command`);
  });

  describe('of RDS, to the local one', () => {
    let cluster: Cluster;
    beforeAll(async () => {
      cluster = await startCluster();
      await cluster.rds.ready();
    });
    afterAll(() => cluster.stop());

    test('[OPS-8] the commands of the runbook copy the cluster, and delete the copy, in the order they stand', async () => {
      const lines = of('aws')
        .filter(
          ({ line, document }) => line.startsWith('aws rds ') && document.includes('backup-and-restore'),
        )
        .map(({ line }) => line);
      expect(lines).toHaveLength(6);
      for (const line of lines) await run(line);
      const clusters = async () =>
        (await cluster.call('DescribeDBClusters', {})).xml.match(/<DBCluster>/g)?.length;
      for (let n = 0; n < 100 && (await clusters()) !== 1; n += 1) await sleep(100);
      expect(await clusters()).toBe(1);
    });

    test.each(of('aws').filter(({ line }) => line.startsWith('aws rds ')))('$document: $line', ({ line }) => {
      expect(parametersOf(line).action).toMatch(
        /^((Describe|Restore|Create|Delete)DB|DescribeGlobalClusters$)/,
      );
    });

    /** Asked again while something is still being made, as whoever follows the runbook does. */
    async function run(line: string): Promise<void> {
      const { action, parameters } = parametersOf(line);
      for (let n = 0; n < 300; n += 1) {
        const { status, xml } = await cluster.call(action, parameters);
        if (status === 200 && isAvailable(action, xml)) return;
        if (status !== 200 && !xml.includes('InvalidDBClusterState')) throw new Error(`${line}: ${xml}`);
        await sleep(100);
      }
      throw new Error(`${line} takes too long`);
    }

    function isAvailable(action: string, xml: string): boolean {
      return action !== 'DescribeDBInstances' || xml.includes('<DBInstanceStatus>available<');
    }
  });
});

test.each(of('npm'))('$document: $line', ({ line }) => {
  const [, , script = '', , argument] = line.split(' ');
  const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
    scripts: Record<string, string>;
  };
  expect(Object.keys(scripts)).toContain(script);
  const folder = { battery: 'test/battery', bench: 'bench' }[script];
  if (folder !== undefined) expect(existsSync(join(root, folder, `${argument ?? ''}.ts`))).toBe(true);
});

test.each(of('npx'))('$document: $line', ({ line }) => {
  expect(line).toMatch(/^npx cdk deploy "\$CELL(-standby)?\/\*"/);
  const asked = [...line.matchAll(/-c (\w+)=/g)].map(([, key = '']) => key);
  const app = readFileSync(join(root, 'bin/app.ts'), 'utf8');
  expect(asked.filter((key) => !app.includes(`text('${key}')`))).toEqual([]);
});

/** `--db-cluster-identifier x` as the API calls it. */
function parametersOf(line: string): { action: string; parameters: Record<string, string> } {
  const [, , action = ''] = line.split(' ');
  const options = [...line.matchAll(/--([a-z-]+)(?: (?!--)("[^"]*"|\S+))?/g)];
  const named = options.map(([, option = '', value = 'true']): [string, string] => [
    apiName(option),
    valueOf(value.replaceAll('"', '')),
  ]);
  return { action: apiName(action), parameters: Object.fromEntries(named) };
}

function apiName(option: string): string {
  const name = pascal(option).replaceAll('Db', 'DB').replaceAll('Iam', 'IAM');
  return (
    { EnableIAMDatabaseAuthentication: name, VpcSecurityGroupIds: `${name}.VpcSecurityGroupId.1` }[name] ??
    name
  );
}

function valueOf(text: string): string {
  return text
    .replace('$CELL', source.identifier)
    .replace('$MOMENT', new Date().toISOString())
    .replace('$SUBNETS', source.subnetGroup)
    .replace('$PARAMETERS', source.parameterGroup)
    .replace('$GROUP', 'sg-1');
}

function pascal(dashed: string): string {
  return dashed.replaceAll(/(^|-)([a-z0-9])/g, (_whole, _dash, letter: string) => letter.toUpperCase());
}
