/**
 * The table of resource types that the local runtime knows. A type or attribute that is missing here stops
 * start-up: a resource that silently does nothing would make the laptop disagree with AWS.
 */
import { hostedTypes } from './resources/hosted.ts';
import { inertTypes } from './resources/inert.ts';
import type { ResourceType } from './resources/type.ts';

export type { ResourceContext, ResourceType } from './resources/type.ts';

/** What is known about a type such as `AWS::SQS::Queue`. */
export function resourceType(type: string): ResourceType | undefined {
  return Object.hasOwn(hostedTypes, type) ? hostedTypes[type] : inertTypes[type];
}
