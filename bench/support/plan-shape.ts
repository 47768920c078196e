/** The shape of a query plan: which nodes, over which indexes. How the tenant is looked up does not count. */

export type PlanNode = {
  'Node Type': string;
  'Index Name'?: string;
  'Parent Relationship'?: string;
  Plans?: PlanNode[];
};

/** One line for a plan of EXPLAIN (FORMAT JSON). */
export function shapeOf(node: PlanNode | undefined): string {
  if (node === undefined) return 'none';
  const index = node['Index Name'] === undefined ? '' : ` ${node['Index Name']}`;
  // The policy's sub-select, which runs once for a statement.
  const below = (node.Plans ?? []).filter((plan) => plan['Parent Relationship'] !== 'InitPlan');
  const inner = below.length === 0 ? '' : ` (${below.map(shapeOf).join(', ')})`;
  return `${node['Node Type']}${index}${inner}`;
}
