/**
 * Answers references between the resources of a cell. Properties are resolved when they are first asked for and
 * remembered, so that stacks may refer to each other in any order; a circle is reported with its path.
 */
import type { StackTemplate } from './assembly.ts';
import { localAccount, type Facts } from './facts.ts';
import { evaluateCondition, noValue, resolveValue, type Scope } from './intrinsics.ts';
import type { Problem } from './problems.ts';
import { resourceType, type ResourceContext } from './resources.ts';

/** What can be asked about a cell under evaluation. */
export type Evaluation = {
  /** False when the resource's condition leaves it out. */
  exists(stack: string, logicalId: string): boolean;
  resource(
    stack: string,
    logicalId: string,
  ): { properties: Record<string, unknown>; ref: string; attributes: Record<string, unknown> };
  outputs(stack: string): Record<string, unknown>;
};

/** Prepares the evaluation of a set of stacks; gaps are reported as they are met. */
export function openCell(
  stacks: StackTemplate[],
  facts: Facts,
  report: (problem: Problem) => void,
): Evaluation {
  const byName = new Map(stacks.map((stack) => [stack.name, stack]));
  const exports = new Map<string, () => unknown>();
  const memory = new Map<string, unknown>();
  const underway: string[] = [];

  const once = (key: string, scope: Scope, compute: () => unknown): unknown => {
    if (memory.has(key)) return memory.get(key);
    if (underway.includes(key)) {
      scope.report(`circular reference ${[...underway.slice(underway.indexOf(key)), key].join(' → ')}`);
      return '';
    }
    underway.push(key);
    try {
      const value = compute();
      memory.set(key, value);
      return value;
    } finally {
      underway.pop();
    }
  };

  const stackOf = (name: string): StackTemplate => {
    const stack = byName.get(name);
    if (stack === undefined) throw new Error(`There is no stack ${name}`);
    return stack;
  };

  const exists = (stackName: string, logicalId: string): boolean => {
    const resource = stackOf(stackName).template.Resources?.[logicalId];
    if (resource?.Condition === undefined) return resource !== undefined;
    return scopeOf(stackName, logicalId).condition(resource.Condition);
  };

  const context = (stackName: string, logicalId: string): ResourceContext => {
    const stack = stackOf(stackName);
    const scope = scopeOf(stackName, logicalId);
    const properties = stack.template.Resources?.[logicalId]?.Properties ?? {};
    const value = (path: string): unknown => {
      const [top = '', ...rest] = path.split('.');
      if (!(top in properties)) return undefined;
      const key = `${stackName}/${logicalId}.${top}`;
      const found = once(key, scope, () => resolveValue(properties[top], scope));
      return rest.reduce<unknown>((v, name) => (v as Record<string, unknown> | undefined)?.[name], found);
    };
    return {
      ...{ stack: stackName, logicalId, region: stack.region, facts, seed: `${stackName}/${logicalId}` },
      value,
      text: (path) => {
        const found = value(path);
        return typeof found === 'string' || typeof found === 'number' ? String(found) : '';
      },
    };
  };

  /** Asks a resource for its Ref (no attribute) or an attribute. */
  const ask = (stackName: string, logicalId: string, attribute?: string): unknown => {
    const name = attribute === undefined ? logicalId : `${logicalId}.${attribute}`;
    const override = facts.overrides?.[`${stackName}/${name}`] ?? facts.overrides?.[name];
    if (override !== undefined) return override;
    const type = resourceType(stackOf(stackName).template.Resources?.[logicalId]?.Type ?? '');
    // An unknown type is reported once, where it stands.
    if (type === undefined) return '';
    const scope = scopeOf(stackName, logicalId);
    if (!exists(stackName, logicalId)) {
      scope.report('referred to although its condition leaves it out');
      return '';
    }
    const answer = attribute === undefined ? type.ref : type.attributes[attribute];
    if (answer !== undefined) return answer(context(stackName, logicalId));
    scope.report(`unknown attribute ${attribute ?? ''}`);
    return '';
  };

  const scopeOf = (stackName: string, logicalId: string, kind = 'output'): Scope => {
    const stack = stackOf(stackName);
    const { Resources = {}, Parameters = {}, Conditions = {}, Mappings = {} } = stack.template;
    const pseudo: Record<string, unknown> = {
      'AWS::Region': stack.region,
      'AWS::AccountId': localAccount,
      'AWS::Partition': 'aws',
      'AWS::URLSuffix': 'amazonaws.com',
      'AWS::StackName': stackName,
      'AWS::StackId': `arn:aws:cloudformation:${stack.region}:${localAccount}:stack/${stackName}/local`,
      'AWS::NotificationARNs': [],
      'AWS::NoValue': noValue,
    };
    const tell = (message: string): void =>
      report({ stack: stackName, logicalId, type: Resources[logicalId]?.Type ?? kind, message });
    const scope: Scope = {
      region: stack.region,
      report: tell,
      ref: (name) => {
        if (name in pseudo) return pseudo[name];
        if (name in Parameters) return parameter(name, Parameters[name], facts, tell);
        if (name in Resources) return ask(stackName, name);
        tell(`Ref to ${name}, which is not in the template`);
        return '';
      },
      attribute: (target, attribute) => {
        if (target in Resources) return ask(stackName, target, attribute);
        tell(`Fn::GetAtt of ${target}, which is not in the template`);
        return '';
      },
      importValue: (name) => {
        const exported = exports.get(name);
        if (exported === undefined) tell(`Fn::ImportValue of ${name}, which no stack exports`);
        return exported?.() ?? '';
      },
      condition: (name) =>
        once(`${stackName}?${name}`, scope, () => {
          if (name in Conditions) return evaluateCondition(Conditions[name], scope);
          tell(`unknown condition ${name}`);
          return false;
        }) === true,
      mapping: (map, key, second) => {
        const found = Mappings[map]?.[key]?.[second];
        if (found === undefined) tell(`Fn::FindInMap finds nothing at ${map}.${key}.${second}`);
        return found ?? '';
      },
    };
    return scope;
  };

  const outputsOf = (stackName: string) =>
    Object.entries(stackOf(stackName).template.Outputs ?? {}).filter(
      ([key, output]) =>
        output.Condition === undefined || scopeOf(stackName, key).condition(output.Condition),
    );

  for (const { name } of stacks) {
    for (const [key, output] of outputsOf(name)) {
      if (output.Export === undefined) continue;
      const scope = scopeOf(name, key);
      const exportName = String(resolveValue(output.Export.Name, scope));
      exports.set(exportName, () =>
        once(`export ${exportName}`, scope, () => resolveValue(output.Value, scope)),
      );
    }
  }

  return {
    exists,
    resource: (stackName, logicalId) => {
      const raw = stackOf(stackName).template.Resources?.[logicalId];
      const asked = context(stackName, logicalId);
      const entries = Object.keys(raw?.Properties ?? {}).map((name) => [name, asked.value(name)] as const);
      const attributes = Object.keys(resourceType(raw?.Type ?? '')?.attributes ?? {});
      return {
        properties: Object.fromEntries(entries.filter(([, value]) => value !== noValue)),
        ref: String(ask(stackName, logicalId)),
        attributes: Object.fromEntries(attributes.map((name) => [name, ask(stackName, logicalId, name)])),
      };
    },
    outputs: (stackName) =>
      Object.fromEntries(
        outputsOf(stackName).map(([key, output]) => [
          key,
          resolveValue(output.Value, scopeOf(stackName, key)),
        ]),
      ),
  };
}

function parameter(
  name: string,
  declared: { Type: string; Default?: unknown } | undefined,
  facts: Facts,
  tell: (message: string) => void,
): unknown {
  const byDefault = declared?.Default;
  const path = typeof byDefault === 'string' ? byDefault : '';
  const given = facts.parameters?.[name] ?? facts.parameters?.[path];
  if (given !== undefined) return given;
  if (declared?.Type.startsWith('AWS::SSM::Parameter::Value') === true || byDefault === undefined) {
    tell(`parameter ${name} (${declared?.Type ?? ''} ${path}) has no local value`);
    return '';
  }
  return declared?.Type === 'CommaDelimitedList' ? path.split(',') : byDefault;
}
