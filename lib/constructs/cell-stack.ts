/** A stack of one cell: pinned to the cell's region, free of the account unless one is named. */
import { Fn, RemovalPolicy, Stack } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import type { Bundles } from '#lib/bundle.ts';
import type { Deployment } from '#shared/config/deployments.ts';
import { type Region, regions, standbyRegionOf } from '#shared/config/regions.ts';
import type { Module } from '#shared/contract/module.ts';

/** What all stacks of a cell know. */
export type CellFacts = {
  /** `plinth-<environment>-<region>`; starts every name. */
  name: string;
  region: Region;
  /** In the residency's second region: its own is gone (docs/runbooks/failover.md). */
  standby?: boolean;
  account: string | undefined;
  deployment: Deployment;
  bundles: Bundles;
  modules: readonly Module[];
};

export class CellStack extends Stack {
  readonly facts: CellFacts;
  /** For what holds tenants' data. */
  readonly dataPolicy: RemovalPolicy;

  constructor(scope: Construct, id: string, facts: CellFacts, description: string) {
    super(scope, id, {
      stackName: `${facts.name}-${id}`,
      description,
      env: {
        region: facts.standby === true ? standbyRegionOf(facts.region) : regions[facts.region].aws,
        ...(facts.account === undefined ? {} : { account: facts.account }),
      },
      terminationProtection: facts.deployment.keepData,
      tags: { application: 'plinth', environment: facts.deployment.environment, residency: facts.region },
    });
    this.facts = facts;
    this.dataPolicy = facts.deployment.keepData ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY;
  }

  /** Resolved by CloudFormation, so that synthesis needs neither an account nor a network. */
  override get availabilityZones(): string[] {
    return [0, 1].map((index) => Fn.select(index, Fn.getAzs()));
  }
}

/** The stack a construct stands in. */
export function cellOf(construct: Construct): CellStack {
  const stack = Stack.of(construct);
  if (stack instanceof CellStack) return stack;
  throw new TypeError(`${construct.node.path} does not stand in a stack of a cell`);
}
