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
  /** In the residency's second region: its own is gone, and nothing followed it (docs/runbooks/failover.md). */
  moved?: boolean;
  /** `followed`: another cell, in the residency's second region, follows this one. `follows`: this is that other one. */
  pair?: 'followed' | 'follows';
  account: string | undefined;
  deployment: Deployment;
  bundles: Bundles;
  modules: readonly Module[];
};

export class CellStack extends Stack {
  readonly facts: CellFacts;
  /** For what holds tenants' data. */
  readonly dataPolicy: RemovalPolicy;

  /** @param called what the stack's name ends with, where the construct has another id */
  constructor(scope: Construct, id: string, facts: CellFacts, description: string, called = id) {
    super(scope, id, {
      stackName: `${facts.name}-${called}`,
      description,
      env: {
        region: awsRegionOf(facts),
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

/** The region of AWS that a cell stands in. */
function awsRegionOf(facts: CellFacts): string {
  return isInSecondRegion(facts) ? standbyRegionOf(facts.region) : regions[facts.region].aws;
}

/** Whether a cell stands in the second region of its residency. */
export function isInSecondRegion({ moved, pair }: Pick<CellFacts, 'moved' | 'pair'>): boolean {
  return moved === true || pair === 'follows';
}

/** The name that both cells of a pair know each other by: that of the one which is followed. */
export function leaderOf({ deployment, region }: Pick<CellFacts, 'deployment' | 'region'>): string {
  return `plinth-${deployment.environment}-${region}`;
}

/** The stack a construct stands in. */
export function cellOf(construct: Construct): CellStack {
  const stack = Stack.of(construct);
  if (stack instanceof CellStack) return stack;
  throw new TypeError(`${construct.node.path} does not stand in a stack of a cell`);
}
