/**
 * Resolves CloudFormation's intrinsic functions. What a reference points at is asked from the {@link Scope}; what
 * is not understood is reported there and resolves to an empty string, so that one pass finds every gap.
 */

/** Where an expression stands: its stack's references, conditions, mappings and parameters. */
export type Scope = {
  region: string;
  ref(name: string): unknown;
  attribute(logicalId: string, name: string): unknown;
  importValue(exportName: string): unknown;
  condition(name: string): boolean;
  mapping(map: string, key: string, second: string): unknown;
  report(message: string): void;
};

/** `AWS::NoValue`: the property or list entry that holds it disappears. */
export const noValue: unique symbol = Symbol('AWS::NoValue');

/** The value of an expression, with every intrinsic in it resolved. */
export function resolveValue(value: unknown, scope: Scope): unknown {
  if (Array.isArray(value)) return value.map((v) => resolveValue(v, scope)).filter((v) => v !== noValue);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value as Record<string, unknown>);
  const [only] = entries;
  if (entries.length === 1 && only !== undefined && isIntrinsic(only[0]))
    return call(only[0], only[1], scope);
  const resolved: Record<string, unknown> = {};
  for (const [key, item] of entries) {
    const result = resolveValue(item, scope);
    if (result !== noValue) resolved[key] = result;
  }
  return resolved;
}

/** Evaluates a condition expression: Fn::Equals, Fn::Not, Fn::And, Fn::Or, Condition. */
export function evaluateCondition(expression: unknown, scope: Scope): boolean {
  const [entry] = Object.entries((expression ?? {}) as Record<string, unknown>);
  const operands = list(entry?.[1]);
  const [name, operand] = entry ?? ['nothing', undefined];
  switch (name) {
    case 'Fn::Equals':
      return asText(resolveValue(operands[0], scope)) === asText(resolveValue(operands[1], scope));
    case 'Fn::Not':
      return !evaluateCondition(operands[0], scope);
    case 'Fn::And':
      return operands.every((operand) => evaluateCondition(operand, scope));
    case 'Fn::Or':
      return operands.some((operand) => evaluateCondition(operand, scope));
    case 'Condition':
      return scope.condition(asText(operand));
    default:
      scope.report(`unknown condition function ${name}`);
      return false;
  }
}

/** Intrinsics that a scan of the raw template can find references in: names used by Ref, GetAtt and Sub. */
export function referencesIn(value: unknown): string[] {
  if (Array.isArray(value)) return value.flatMap(referencesIn);
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value as Record<string, unknown>).flatMap(([key, item]) => {
    if (key === 'Ref' && typeof item === 'string') return [item];
    if (key === 'Fn::GetAtt') return [attributePath(item)[0]];
    if (key === 'Fn::Sub') {
      const template: unknown = Array.isArray(item) ? item[0] : item;
      const names = [...asText(template).matchAll(placeholder)].map((m) => (m[2] ?? '').split('.')[0] ?? '');
      return [...names, ...referencesIn(item)];
    }
    return referencesIn(item);
  });
}

type Intrinsic = (argument: unknown, scope: Scope) => unknown;

const placeholder = /\$\{(!?)([^}]+)\}/g;

const intrinsics: Record<string, Intrinsic> = {
  Ref: (name, scope) => scope.ref(asText(name)),
  'Fn::GetAtt': (argument, scope) => {
    const [logicalId, attribute] = attributePath(argument);
    return scope.attribute(logicalId, attribute);
  },
  'Fn::Sub': substitute,
  'Fn::Join': (argument, scope) => {
    const [separator, parts] = list(argument);
    return list(resolveValue(parts, scope)).map(asText).join(asText(separator));
  },
  'Fn::Select': (argument, scope) => {
    const [index, from] = list(argument);
    const items = list(resolveValue(from, scope));
    const position = Number(resolveValue(index, scope));
    if (!(position in items)) scope.report(`Fn::Select ${position} is outside a list of ${items.length}`);
    return items[position] ?? '';
  },
  'Fn::Split': (argument, scope) => {
    const [separator, from] = list(argument);
    return asText(resolveValue(from, scope)).split(asText(separator));
  },
  'Fn::ImportValue': (argument, scope) => scope.importValue(asText(resolveValue(argument, scope))),
  'Fn::If': (argument, scope) => {
    const [name, yes, no] = list(argument);
    return resolveValue(scope.condition(asText(name)) ? yes : no, scope);
  },
  'Fn::FindInMap': (argument, scope) => {
    const [map, key, second] = list(argument).map((item) => asText(resolveValue(item, scope)));
    return scope.mapping(map ?? '', key ?? '', second ?? '');
  },
  'Fn::Base64': (argument, scope) => Buffer.from(asText(resolveValue(argument, scope))).toString('base64'),
  'Fn::GetAZs': (argument, scope) => {
    const region = asText(resolveValue(argument, scope));
    return ['a', 'b', 'c'].map((zone) => `${region === '' ? scope.region : region}${zone}`);
  },
};

function isIntrinsic(key: string): boolean {
  return key === 'Ref' || key.startsWith('Fn::');
}

function call(name: string, argument: unknown, scope: Scope): unknown {
  const intrinsic = intrinsics[name];
  if (intrinsic !== undefined) return intrinsic(argument, scope);
  scope.report(`unknown intrinsic function ${name}`);
  return '';
}

function substitute(argument: unknown, scope: Scope): unknown {
  const [template, values] = Array.isArray(argument) ? (argument as unknown[]) : [argument, {}];
  const own = (values ?? {}) as Record<string, unknown>;
  return asText(template).replace(placeholder, (_all, escaped: string, name: string) => {
    if (escaped === '!') return `\${${name}}`;
    if (name in own) return asText(resolveValue(own[name], scope));
    if (name.startsWith('AWS::') || !name.includes('.')) return asText(scope.ref(name));
    const [logicalId, attribute] = attributePath(name);
    return asText(scope.attribute(logicalId, attribute));
  });
}

function attributePath(argument: unknown): [logicalId: string, attribute: string] {
  if (Array.isArray(argument)) return [asText(argument[0]), argument.slice(1).map(asText).join('.')];
  const [logicalId = '', ...attribute] = asText(argument).split('.');
  return [logicalId, attribute.join('.')];
}

function list(value: unknown): unknown[] {
  return Array.isArray(value) ? (value as unknown[]) : [value];
}

function asText(value: unknown): string {
  if (typeof value === 'string') return value;
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : '';
}
