/**
 * Whether the capability registry makes sense by itself and with the endpoints that name it (CAP-1). Asked when a
 * template is synthesized, for all modules, and when a function starts, for its own: neither goes on with a mistake.
 */
import { capabilities, type Capability, killSwitches } from '../config/capabilities.ts';
import { planNames } from '../config/plans.ts';
import { endpointsOf, type Module } from './module.ts';

/** The registries as they are, or a broken one in a test. */
export type CapabilityRegistry = {
  capabilities: Readonly<Record<string, Capability>>;
  switches: readonly string[];
};

const registered: CapabilityRegistry = { capabilities, switches: Object.keys(killSwitches) };

/**
 * Stops whoever would run with a broken registry.
 * @throws Error that lists every mistake
 */
export function assertCapabilities(modules: readonly Module[], registry = registered): void {
  const mistakes = capabilityMistakes(modules, registry);
  if (mistakes.length > 0) throw new Error(`The capability registry is broken:\n${mistakes.join('\n')}`);
}

/** What is wrong with the registry or with what endpoints say of it; empty when nothing is. */
export function capabilityMistakes(modules: readonly Module[], registry = registered): string[] {
  const entries = Object.entries(registry.capabilities);
  return [
    ...entries.flatMap(([name, capability]) =>
      mistakesOf(capability, registry).map((mistake) => `capability ${name}: ${mistake}`),
    ),
    ...registry.switches
      .filter((name) => entries.every(([, capability]) => capability.switch !== name))
      .map((name) => `kill switch ${name}: stops nothing; name it in a capability or remove it`),
    ...namings(modules).flatMap(([where, name]) => {
      const named: Capability | undefined = registry.capabilities[name];
      if (named === undefined) return [`${where}: names the unknown capability ${name}`];
      if (named.planned !== true) return [];
      return [`${where}: names ${name}, which is planned; remove planned: true`];
    }),
  ];
}

/** Every endpoint, job and workflow that names a capability. */
function namings(modules: readonly Module[]): [where: string, capability: string][] {
  const endpoints = endpointsOf(modules).map(({ operationId, endpoint }): [string, string] => [
    operationId,
    endpoint.capability,
  ]);
  const later = modules.flatMap((owner) => [...Object.values(owner.jobs), ...Object.values(owner.workflows)]);
  return [
    ...endpoints,
    ...later.flatMap(({ kind, name, capability }): [string, string][] =>
      capability === undefined ? [] : [[`${kind} ${name}`, capability]],
    ),
  ];
}

function mistakesOf(capability: Capability, { switches }: CapabilityRegistry): string[] {
  const { plans = {}, planned, enabledByDefault, requiredForProduction } = capability;
  const known: readonly string[] = planNames;
  const unknown = Object.keys(plans).filter((plan) => !known.includes(plan));
  const unswitched = capability.switch === undefined || switches.includes(capability.switch);
  const offSomewhere = !enabledByDefault || Object.values(plans).includes(false);
  return [
    ...unknown.map((plan) => `there is no plan ${plan}`),
    ...(unswitched ? [] : [`there is no kill switch ${capability.switch}`]),
    ...(requiredForProduction && offSomewhere
      ? ['production requires it, and it is off by default or plan']
      : []),
    ...(requiredForProduction && capability.switch !== undefined
      ? ['production requires it, so no kill switch can stop it']
      : []),
    ...(requiredForProduction && planned === true ? ['production requires it, and it does not exist'] : []),
  ];
}
