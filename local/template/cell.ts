/**
 * A cell as it runs on this machine: every resource of every stack that `cdk synth` produced, with all references
 * between them resolved to local values in AWS's formats.
 */
import { join, resolve } from 'node:path';
import { readAssembly, type StackTemplate } from './assembly.ts';
import { openCell, type Evaluation } from './evaluate.ts';
import type { Facts } from './facts.ts';
import { dependencyOrder } from './order.ts';
import { UnsupportedTemplateError, type Problem } from './problems.ts';
import { rewriter } from './rewrites.ts';
import { resourceType } from './resources.ts';

export type { Facts } from './facts.ts';
export { UnsupportedTemplateError } from './problems.ts';

/** A resource with nothing left to resolve. */
export type ResolvedResource = {
  stack: string;
  logicalId: string;
  type: string;
  properties: Record<string, unknown>;
  metadata: Record<string, unknown>;
  region: string;
  /** What `Ref` answers. */
  ref: string;
  /** What `Fn::GetAtt` answers, by attribute. */
  attributes: Record<string, unknown>;
  /** Absolute path of the file asset it is made from, e.g. a function's code folder. */
  assetPath?: string;
  /** Names something that a local part stands for; otherwise it has no effect here. */
  hosted: boolean;
};

/** All stacks of one cell. */
export type Cell = {
  facts: Facts;
  /** In an order in which each stands after what it depends on. */
  resources: ResolvedResource[];
  /** Outputs by stack name, then by output key. */
  outputs: Record<string, Record<string, unknown>>;
};

/**
 * Reads an assembly folder.
 *
 * @param region of the stacks to read, where there are cells in several; all of them unless told
 * @throws UnsupportedTemplateError listing every resource type, attribute and intrinsic that has no local meaning.
 */
export function readCell(assemblyFolder: string, facts: Facts, region?: string): Cell {
  const stacks = readAssembly(resolve(assemblyFolder)).filter(
    (stack) => region === undefined || stack.region === region,
  );
  const problems: Problem[] = [];
  const evaluation = openCell(stacks, facts, (problem) => problems.push(problem));
  const found = stacks.flatMap((stack) => resolveStack(stack, evaluation, problems));
  const outputs = Object.fromEntries(stacks.map((stack) => [stack.name, evaluation.outputs(stack.name)]));
  if (problems.length > 0) throw new UnsupportedTemplateError(problems);
  const rewrite = rewriter(found, facts);
  return {
    facts,
    resources: found.map((r) => ({
      ...r,
      properties: rewrite(r.properties),
      attributes: rewrite(r.attributes),
    })),
    outputs: rewrite(outputs),
  };
}

/** The resources of a type, e.g. `AWS::SQS::Queue`. */
export function ofType(cell: Cell, ...types: string[]): ResolvedResource[] {
  return cell.resources.filter((resource) => types.includes(resource.type));
}

function resolveStack(stack: StackTemplate, evaluation: Evaluation, problems: Problem[]): ResolvedResource[] {
  if (stack.template.Transform !== undefined) {
    problems.push({ stack: stack.name, logicalId: '-', type: '-', message: 'transforms are not supported' });
  }
  const raw = stack.template.Resources ?? {};
  return dependencyOrder(raw).flatMap((logicalId) => {
    const resource = raw[logicalId];
    if (resource === undefined || !evaluation.exists(stack.name, logicalId)) return [];
    const known = resourceType(resource.Type);
    if (known === undefined) {
      const message = 'unknown resource type';
      problems.push({ stack: stack.name, logicalId, type: resource.Type, message });
      return [];
    }
    const { properties, ref, attributes } = evaluation.resource(stack.name, logicalId);
    const metadata = resource.Metadata ?? {};
    const asset = assetPath(stack, metadata, properties);
    refuseDynamicReferences(stack.name, logicalId, resource.Type, properties, problems);
    return [
      {
        ...{ stack: stack.name, logicalId, type: resource.Type, properties, metadata, region: stack.region },
        ...{ ref, attributes, hosted: known.hosted },
        ...(asset === undefined ? {} : { assetPath: asset }),
      },
    ];
  });
}

/** The CDK command line notes an asset's path in the metadata; the assembly's asset list always has it. */
function assetPath(
  stack: StackTemplate,
  metadata: Record<string, unknown>,
  properties: Record<string, unknown>,
): string | undefined {
  const noted = metadata['aws:asset:path'];
  if (typeof noted === 'string') return join(stack.folder, noted);
  const key = (properties.Code as { S3Key?: unknown } | undefined)?.S3Key;
  return typeof key === 'string' ? stack.assets.get(key.replace(/\.\w+$/, '')) : undefined;
}

/** CloudFormation reads `{{resolve:…}}` from other services; a function would receive it as plain text. */
function refuseDynamicReferences(
  stack: string,
  logicalId: string,
  type: string,
  properties: Record<string, unknown>,
  problems: Problem[],
): void {
  if (type !== 'AWS::Lambda::Function') return;
  const found = /\{\{resolve:[^}]*\}\}/.exec(JSON.stringify(properties.Environment ?? {}));
  if (found !== null) {
    problems.push({ stack, logicalId, type, message: `dynamic reference ${found[0]} in its environment` });
  }
}
