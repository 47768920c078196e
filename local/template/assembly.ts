/**
 * Reads the folder that `cdk synth` wrote: every stack of the assembly and of the assemblies nested in it, in
 * deployment order, with the place of each file asset.
 */
import { readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';

/** A resource as the template writes it, before any intrinsic is resolved. */
export type RawResource = {
  Type: string;
  Properties?: Record<string, unknown>;
  Metadata?: Record<string, unknown>;
  Condition?: string;
  DependsOn?: string | string[];
};

/** The parts of a template that the local runtime reads. */
export type Template = {
  Parameters?: Record<string, { Type: string; Default?: unknown }>;
  Mappings?: Record<string, Record<string, Record<string, unknown>>>;
  Conditions?: Record<string, unknown>;
  Resources?: Record<string, RawResource>;
  Outputs?: Record<string, { Value: unknown; Export?: { Name: unknown }; Condition?: string }>;
  Transform?: unknown;
};

/** One stack of the assembly. */
export type StackTemplate = {
  /** The stack's name in CloudFormation. */
  name: string;
  region: string;
  /** Folder that relative asset paths are relative to. */
  folder: string;
  template: Template;
  /** Absolute path of every file asset, by its content hash. */
  assets: Map<string, string>;
};

/** All stacks below an assembly folder, each after the stacks it depends on. */
export function readAssembly(folder: string): StackTemplate[] {
  const manifest = readJson(join(folder, 'manifest.json')) as Manifest;
  const artifacts = manifest.artifacts ?? {};
  return inOrder(artifacts).flatMap((id) => {
    const artifact = artifacts[id];
    if (artifact?.type === 'cdk:cloud-assembly') {
      return readAssembly(join(folder, text(artifact.properties?.directoryName)));
    }
    return artifact?.type === 'aws:cloudformation:stack' ? [readStack(folder, id, artifact)] : [];
  });
}

type Artifact = {
  type: string;
  environment?: string;
  properties?: Record<string, unknown>;
  dependencies?: string[];
};
type Manifest = { artifacts?: Record<string, Artifact> };

function readStack(folder: string, id: string, artifact: Artifact): StackTemplate {
  const file = join(folder, text(artifact.properties?.templateFile));
  const region = /^aws:\/\/[^/]+\/(.+)$/.exec(artifact.environment ?? '')?.[1] ?? 'us-east-1';
  return {
    name: text(artifact.properties?.stackName ?? id),
    region: region.startsWith('unknown') ? 'us-east-1' : region,
    folder: dirname(file),
    template: readJson(file) as Template,
    assets: readAssets(file.replace(/\.template\.json$/, '.assets.json')),
  };
}

function readAssets(file: string): Map<string, string> {
  type Assets = { files?: Record<string, { source?: { path?: string } }> };
  const assets = new Map<string, string>();
  for (const [hash, asset] of Object.entries((readJson(file) as Assets).files ?? {})) {
    if (asset.source?.path !== undefined) assets.set(hash, resolve(dirname(file), asset.source.path));
  }
  return assets;
}

function inOrder(artifacts: Record<string, Artifact>): string[] {
  const done = new Set<string>();
  const visit = (id: string): void => {
    if (done.has(id)) return;
    done.add(id);
    for (const dependency of artifacts[id]?.dependencies ?? []) visit(dependency);
    ordered.push(id);
  };
  const ordered: string[] = [];
  Object.keys(artifacts).forEach(visit);
  return ordered;
}

function readJson(file: string): unknown {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as unknown;
  } catch (cause) {
    throw new Error(`The assembly file ${file} cannot be read`, { cause });
  }
}

function text(value: unknown): string {
  if (typeof value !== 'string') throw new Error('The assembly manifest is not one that cdk synth writes.');
  return value;
}
