/** Rules over the registry: what a module needs beside its folder, and how its endpoints may be named. */
import { endpointsOf, hasFunction, type Module, type RegisteredEndpoint } from '#shared/contract/module.ts';

/** What a feature still lacks, in words that say what to add. */
export function missingParts(modules: readonly Module[], paths: readonly string[]): string[] {
  const files = new Set(paths);
  const expected = modules.flatMap((module) => {
    const { name, jobs, workflows } = module;
    return [
      [`shared/${name}/module.ts`, `declare the module ${name} there`],
      ...(hasFunction(module, 'stream') && !hasFunction(module, 'http')
        ? []
        : [[`functions/http/${name}.ts`, `add: export const handler = serve(${name}, ${name}Ops)`]]),
      ...(hasFunction(module, 'stream')
        ? [
            [
              `functions/stream/${name}.ts`,
              `add: export const handler = serveStream(${name}, ${name}StreamOps)`,
            ],
          ]
        : []),
      ...(Object.keys(jobs).length > 0
        ? [[`functions/queue/${name}.ts`, `add: export const handler = consume(${name}, ${name}Workers)`]]
        : []),
      ...(Object.keys(workflows).length > 0
        ? [[`functions/workflow/${name}.ts`, `add: export const handler = work(${name}, ${name}Steps)`]]
        : []),
    ];
  });
  return expected
    .filter(([path]) => path !== undefined && !files.has(path))
    .map(([path, advice]) => `${path} is missing: ${advice}`);
}

/** Entries and modules that the registry does not know. */
export function unregistered(modules: readonly Module[], paths: readonly string[]): string[] {
  const names = new Set(modules.map(({ name }) => name));
  const streaming = new Set(
    modules.filter((module) => hasFunction(module, 'stream')).map(({ name }) => name),
  );
  const withJobs = new Set(
    modules.filter(({ jobs }) => Object.keys(jobs).length > 0).map(({ name }) => name),
  );
  const flowing = new Set(
    modules.filter(({ workflows }) => Object.keys(workflows).length > 0).map(({ name }) => name),
  );
  return paths.flatMap((path) => {
    // shared/contract/module.ts is where modules are defined.
    const declared = /^shared\/(?!contract\/)([^/]+)\/module\.ts$/.exec(path)?.[1];
    if (declared !== undefined && !names.has(declared))
      return [`${path}: add ${declared} to shared/registry.ts`];
    const served = /^functions\/http\/([^/]+)\.ts$/.exec(path)?.[1];
    if (served !== undefined && !names.has(served))
      return [`${path}: there is no module ${served}; remove it`];
    const streamed = /^functions\/stream\/([^/]+)\.ts$/.exec(path)?.[1];
    if (streamed !== undefined && !streaming.has(streamed))
      return [`${path}: no endpoint of the module ${streamed} streams; remove it`];
    const stepped = /^functions\/workflow\/([^/]+)\.ts$/.exec(path)?.[1];
    if (stepped !== undefined && !flowing.has(stepped))
      return [`${path}: the module ${stepped} has no workflows; declare them or remove the file`];
    const consumed = /^functions\/queue\/([^/]+)\.ts$/.exec(path)?.[1];
    // The outbox and the dead letters are everybody's and have no module.
    if (consumed === undefined || ['outbox', 'dead-letters'].includes(consumed) || withJobs.has(consumed)) {
      return [];
    }
    return [`${path}: the module ${consumed} has no jobs; declare them in its module.ts or remove the file`];
  });
}

/** Endpoints that cannot be told apart, and names that are used twice. */
export function ambiguous(modules: readonly Module[]): string[] {
  const endpoints = endpointsOf(modules);
  return [
    ...twice(modules.map(({ name }) => name)).map((name) => `two modules are named ${name}: rename one`),
    ...twice(endpoints.map(({ operationId }) => operationId)).map((id) => `two operations are named ${id}`),
    ...twice(modules.flatMap(({ events }) => Object.values(events).map(({ type }) => type))).map(
      (type) => `two events are named ${type}`,
    ),
    ...endpoints.flatMap((one, index) =>
      endpoints.slice(index + 1).flatMap((other) => collision(one, other)),
    ),
  ];
}

function collision(one: RegisteredEndpoint, other: RegisteredEndpoint): string[] {
  const both = `${one.operationId} and ${other.operationId}`;
  const [first, second] = [one.endpoint, other.endpoint];
  if (first.path !== second.path && shapeOf(first.path) === shapeOf(second.path)) {
    return [`${both} name the same path differently: ${first.path}, ${second.path}; use one name`];
  }
  if (first.method !== second.method) return [];
  if (first.path === second.path) return [`${both} have the same route: ${first.method} ${first.path}`];
  return [];
}

/** The gateway has one resource for a path whatever its parameters are called. */
function shapeOf(path: string): string {
  return path.replace(/\{\w+\}/g, '{}');
}

function twice(names: readonly string[]): string[] {
  return [...new Set(names.filter((name, index) => names.indexOf(name) !== index))];
}
