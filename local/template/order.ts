/**
 * The order in which CloudFormation would create the resources of a stack.
 */
import type { RawResource } from './assembly.ts';
import { referencesIn } from './intrinsics.ts';

/** Logical ids, each after those it refers to or names in DependsOn. */
export function dependencyOrder(resources: Record<string, RawResource>): string[] {
  const visited = new Set<string>();
  const ordered: string[] = [];
  const visit = (logicalId: string): void => {
    const resource = resources[logicalId];
    if (resource === undefined || visited.has(logicalId)) return;
    visited.add(logicalId);
    [resource.DependsOn ?? []].flat().forEach(visit);
    referencesIn(resource.Properties).forEach(visit);
    ordered.push(logicalId);
  };
  Object.keys(resources).forEach(visit);
  return ordered;
}
