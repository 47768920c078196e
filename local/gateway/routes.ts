/**
 * Which resource of a REST API a path belongs to, as API Gateway decides it: paths form a tree of segments, a
 * literal segment goes before a parameter, a parameter before a greedy `{name+}`; only then the method counts.
 */

/** A path of the API and what its methods do, by upper-case method; `ANY` stands for all others. */
export type Resource<T> = { path: string; methods: Map<string, T> };

/** A resource that matches a request, and its decoded path parameters. */
export type Match<T> = { resource: Resource<T>; parameters: Record<string, string> };

/** Finds resources; every path prefix is a resource too, without methods of its own. */
export type Router<T> = { match(path: string): Match<T> | undefined; firstSegments: Set<string> };

export function createRouter<T>(resources: Resource<T>[]): Router<T> {
  const root: Node<T> = { path: '/', literals: new Map() };
  for (const resource of resources) place(root, resource);
  return {
    match(path) {
      const segments = path.split('/').slice(1);
      // A trailing slash does not make another resource.
      if (segments.at(-1) === '') segments.pop();
      return walk(root, segments, []);
    },
    firstSegments: new Set(resources.map((resource) => resource.path.split('/')[1] ?? '')),
  };
}

type Node<T> = {
  path: string;
  resource?: Resource<T>;
  literals: Map<string, Node<T>>;
  parameter?: Child<T>;
  greedy?: Child<T>;
};
type Child<T> = { name: string; node: Node<T> };

function place<T>(root: Node<T>, resource: Resource<T>): void {
  let node = root;
  for (const segment of resource.path.split('/').slice(1)) {
    if (segment !== '') node = descend(node, segment, resource.path);
  }
  if (node.resource !== undefined)
    throw new Error(`${resource.path} and ${node.resource.path} are one resource`);
  node.resource = resource;
}

function descend<T>(node: Node<T>, segment: string, path: string): Node<T> {
  const child = (): Node<T> => ({
    path: `${node.path === '/' ? '' : node.path}/${segment}`,
    literals: new Map(),
  });
  const variable = /^\{([\w.\-:]+)(\+?)\}$/.exec(segment);
  if (variable === null) {
    if (/[{}]/.test(segment)) throw new Error(`${path}: a path parameter has to be a whole segment`);
    const next = node.literals.get(segment) ?? child();
    node.literals.set(segment, next);
    return next;
  }
  const kind = variable[2] === '+' ? 'greedy' : 'parameter';
  const name = variable[1] ?? '';
  const next = (node[kind] ??= { name, node: child() });
  // API Gateway refuses siblings that only differ in the parameter's name.
  if (next.name !== name) throw new Error(`${path}: its sibling calls the same segment {${next.name}}`);
  return next.node;
}

function walk<T>(node: Node<T>, segments: string[], taken: [string, string][]): Match<T> | undefined {
  const [segment, ...rest] = segments;
  if (segment === undefined) {
    return {
      resource: node.resource ?? { path: node.path, methods: new Map() },
      parameters: Object.fromEntries(taken),
    };
  }
  const literal = node.literals.get(segment);
  const found = literal && walk(literal, rest, taken);
  if (found !== undefined) return found;
  if (node.parameter !== undefined && segment !== '') {
    const { name, node: next } = node.parameter;
    const deeper = walk(next, rest, [...taken, [name, decode(segment)]]);
    if (deeper !== undefined) return deeper;
  }
  if (node.greedy === undefined) return undefined;
  return walk(node.greedy.node, [], [...taken, [node.greedy.name, segments.map(decode).join('/')]]);
}

function decode(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    // Not an encoding: the text is meant as it stands.
    return segment;
  }
}
