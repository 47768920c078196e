/**
 * What the local runtime must know about a resource type: what `Ref` and each attribute of it answer, and whether
 * something hosts it here or it merely exists on AWS.
 */
import { generatedName } from '../names.ts';
import { localAccount, type Facts } from '../facts.ts';

/** A resource type of CloudFormation as it behaves locally. */
export type ResourceType = {
  /** Whether a local part stands for it; otherwise it has no effect here. */
  hosted: boolean;
  ref: (resource: ResourceContext) => string;
  attributes: Record<string, (resource: ResourceContext) => unknown>;
};

/** The resource that is asked, with its properties resolved on demand. */
export type ResourceContext = {
  stack: string;
  logicalId: string;
  region: string;
  facts: Facts;
  /** Unique over the cell, stable over restarts. */
  seed: string;
  /** A property as text; empty when it is absent. A dot reaches into an object. */
  text(property: string): string;
  value(property: string): unknown;
};

/** A type some local part stands for. */
export function hosted(ref: ResourceType['ref'], attributes: ResourceType['attributes'] = {}): ResourceType {
  return { hosted: true, ref, attributes };
}

/** A type without effect here: only its references must resolve. */
export function inert(ref: ResourceType['ref'], attributes: ResourceType['attributes'] = {}): ResourceType {
  return { hosted: false, ref, attributes };
}

/** An ARN in AWS's format; `resource` is what follows the account. */
export function arn(r: ResourceContext, service: string, resource: string): string {
  return `arn:aws:${service}:${r.region}:${localAccount}:${resource}`;
}

/** The name a property gives, or the one CloudFormation would generate. */
export function named(property: string, maximum: number): ResourceType['ref'] {
  return (r) => {
    const given = r.text(property);
    return given === '' ? generatedName(r.stack, r.logicalId, maximum) : given;
  };
}
