/** Synthesizes cells for tests, and finds things in their templates. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from '@jest/globals';
import { App } from 'aws-cdk-lib';
import { type Bundles, bundleFunctions } from '#lib/bundle.ts';
import { Cell } from '#lib/cell.ts';
import { features } from '#lib/features.ts';
import { type Deployment, type EnvironmentName, deploymentOf } from '#shared/config/deployments.ts';
import type { Region } from '#shared/config/regions.ts';
import type { Module } from '#shared/contract/module.ts';
import { registry } from '#shared/registry.ts';

export type Resource = {
  Type: string;
  Properties?: Record<string, unknown>;
  DeletionPolicy?: string;
  Metadata?: Record<string, unknown>;
  DependsOn?: string | string[];
};

/** A template, as CloudFormation will read it. */
export type Template = { Resources: Record<string, Resource>; Outputs?: Record<string, unknown> };

export type StackName = 'network' | 'data' | 'identity' | 'jobs' | 'http' | 'console' | 'observability';

export const stackNames: readonly StackName[] = [
  'network',
  'data',
  'identity',
  'jobs',
  'http',
  'console',
  'observability',
];

export const modules: readonly Module[] = Object.values(registry);

export type SynthOptions = {
  environment?: EnvironmentName;
  regions?: readonly Region[];
  modules?: readonly Module[];
  bundles?: Bundles;
  /** What differs from the environment's own configuration. */
  changed?: Partial<Deployment>;
};

const folders: string[] = [];
afterAll(() => folders.forEach((folder) => rmSync(folder, { recursive: true, force: true })));

export const built = await bundleFunctions({ maps: false });

/** An app of cells in a temporary folder, not synthesized yet. */
export function newApp(options: SynthOptions = {}, builtinCloudFormationValidation = false): App {
  const outdir = mkdtempSync(join(tmpdir(), 'plinth-synth-'));
  folders.push(outdir);
  const app = new App({
    outdir,
    context: features,
    analyticsReporting: false,
    builtinCloudFormationValidation,
  });
  for (const region of options.regions ?? ['us']) {
    new Cell(app, {
      region,
      account: undefined,
      deployment: { ...deploymentOf(options.environment), ...options.changed },
      bundles: options.bundles ?? built,
      modules: options.modules ?? modules,
    });
  }
  return app;
}

/** The synthesized templates of one cell by stack, and where its assets lie. */
export type Synthesized = { folder: string; templates: Record<StackName, Template> };

/** Synthesizes one cell. */
export function synthesize(options: SynthOptions = {}): Synthesized {
  const assembly = newApp(options).synth();
  const region = options.regions?.[0] ?? 'us';
  const prefix = `plinth-${options.environment ?? 'dev'}-${region}-`;
  const templates = Object.fromEntries(
    assembly.stacks
      .filter((stack) => stack.stackName.startsWith(prefix))
      .map((stack) => [
        stack.stackName.slice(prefix.length),
        JSON.parse(readFileSync(stack.templateFullPath, 'utf8')) as Template,
      ]),
  );
  return { folder: assembly.directory, templates: templates as Record<StackName, Template> };
}

/** Resources of a type, with their logical ids. */
export function ofType(template: Template, type: string): [id: string, resource: Resource][] {
  return Object.entries(template.Resources).filter(([, resource]) => resource.Type === type);
}

/** The only resource of a type. */
export function only(template: Template, type: string): Resource {
  const [first, ...rest] = ofType(template, type);
  if (first === undefined || rest.length > 0) throw new Error(`There is not exactly one ${type}.`);
  return first[1];
}

/** All kernel functions of a cell by their name after the cell's: `http-members`. */
export function kernelFunctions({ templates }: Synthesized): Map<string, Resource> {
  const all = stackNames.flatMap((name) => ofType(templates[name], 'AWS::Lambda::Function'));
  return new Map(
    all
      .map(([, resource]) => [String(resource.Properties?.FunctionName), resource] as const)
      // The CDK library's own functions have no name of ours.
      .filter(([name]) => name.startsWith('plinth-'))
      .map(([name, resource]) => [name.replace(/^plinth-[a-z]+-[a-z]+-/, ''), resource]),
  );
}

/** The environment of a function; what CloudFormation resolves stands as `…`, and JSON stays JSON. */
export function environmentOf(resource: Resource): Record<string, string> {
  const { Variables: variables = {} } = (resource.Properties?.Environment ?? {}) as {
    Variables?: Record<string, unknown>;
  };
  return Object.fromEntries(Object.entries(variables).map(([name, value]) => [name, flatten(value)]));
}

/** A value with `Fn::Join` done and everything else unresolved as `…`. */
export function flatten(value: unknown): string {
  if (typeof value === 'string') return value;
  if (Array.isArray(value)) return value.map(flatten).join('');
  const join = (value as { 'Fn::Join'?: [string, unknown[]] })['Fn::Join'];
  return join === undefined ? '…' : join[1].map(flatten).join(join[0]);
}

export type Statement = {
  Sid?: string;
  Effect: string;
  Action: string | string[];
  Resource: unknown;
  Condition?: unknown;
};

/** What the role of a kernel function may do. */
export function statementsOf({ templates }: Synthesized, name: string): Statement[] {
  const template = Object.values(templates).find((candidate) =>
    ofType(candidate, 'AWS::Lambda::Function').some(([, one]) => isNamed(one, name)),
  );
  const fn = ofType(template ?? { Resources: {} }, 'AWS::Lambda::Function').find(([, one]) =>
    isNamed(one, name),
  );
  const [role] = (fn?.[1].Properties?.Role as { 'Fn::GetAtt': string[] })['Fn::GetAtt'];
  return ofType(template ?? { Resources: {} }, 'AWS::IAM::Policy')
    .filter(([, policy]) => JSON.stringify(policy.Properties?.Roles) === JSON.stringify([{ Ref: role }]))
    .flatMap(([, policy]) => (policy.Properties?.PolicyDocument as { Statement: Statement[] }).Statement);
}

/** Actions of some statements. */
export function actionsOf(statements: readonly Statement[]): string[] {
  return statements.flatMap(({ Action: action }) => action).sort();
}

function isNamed(fn: Resource, name: string): boolean {
  return String(fn.Properties?.FunctionName).replace(/^plinth-[a-z]+-[a-z]+-/, '') === name;
}
