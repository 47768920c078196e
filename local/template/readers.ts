/**
 * Everything the local runtime reads from a cell, by what it is about.
 */
import type { Cell } from './cell.ts';

export {
  readCell,
  ofType,
  UnsupportedTemplateError,
  type Cell,
  type Facts,
  type ResolvedResource,
} from './cell.ts';
export * from './apis.ts';
export * from './functions.ts';
export * from './identity.ts';
export * from './roles.ts';
export * from './signals.ts';
export * from './stores.ts';
export * from './subscriptions.ts';

/** The outputs of every stack, by stack name and output key. */
export function outputs(cell: Cell): Record<string, Record<string, unknown>> {
  return cell.outputs;
}
