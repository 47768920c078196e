/**
 * The API: for each module a function, and one more where its answers stream, their `live` aliases, the gateway and the
 * firewall, in one stack.
 */
import { CfnOutput } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { type CellFacts, CellStack } from '#lib/constructs/cell-stack.ts';
import { ContractApi, stageName } from '#lib/constructs/contract-api.ts';
import { KernelFunction } from '#lib/constructs/kernel-function.ts';
import {
  answerBrowsers,
  callModels,
  connectDatabase,
  keepFiles,
  offerChannels,
  passGate,
  publishes,
  signInPeople,
  sealBackups,
  signLinks,
  verifyTokens,
  wakeDispatcher,
} from '#lib/constructs/needs.ts';
import { readMetrics } from '#lib/constructs/read-metrics.ts';
import { Release } from '#lib/constructs/release.ts';
import { saveQueries } from '#lib/constructs/saved-queries.ts';
import { WebFirewall } from '#lib/constructs/web-firewall.ts';
import { hasFunction, type Module } from '#shared/contract/module.ts';
import { longestStreamSeconds } from '#shared/contract/stream.ts';
import type { DataStack } from './data.ts';
import type { IdentityStack } from './identity.ts';
import type { JobsStack } from './jobs.ts';
import type { NetworkStack } from './network.ts';

/** The stacks that the API stands on. */
export type HttpFoundations = {
  network: NetworkStack;
  data: DataStack;
  identity: IdentityStack;
  jobs: JobsStack;
};

export class HttpStack extends CellStack {
  readonly api: ContractApi;
  readonly firewall: WebFirewall;
  readonly functions: KernelFunction[];

  constructor(scope: Construct, facts: CellFacts, below: HttpFoundations) {
    super(scope, 'http', facts, 'HTTP: functions, API and firewall');
    const serving = facts.modules.filter((module) => Object.keys(module.contract).length > 0);
    const functions = {
      http: this.addFunctions('http', serving, below),
      stream: this.addFunctions('stream', serving, below),
    };
    this.functions = [...functions.http.values(), ...functions.stream.values()];
    this.api = new ContractApi(this, 'Api', { modules: serving, functions });
    new Release(this, 'Release', {
      aliases: this.api.aliases,
      stage: { ApiName: facts.name, Stage: stageName },
    });
    this.firewall = new WebFirewall(this, 'Firewall', { stage: this.api.stage });
    below.jobs.count(this.functions, 'requests');
    saveQueries(this, 'http', this.functions);
    new CfnOutput(this, 'ApiUrl', { value: this.api.url });
  }

  private addFunctions(
    kind: 'http' | 'stream',
    modules: readonly Module[],
    below: HttpFoundations,
  ): Map<string, KernelFunction> {
    const needed = modules.filter((module) => hasFunction(module, kind));
    assertRegistered(this.facts, kind, needed);
    return new Map(needed.map((module) => [module.name, this.addFunction(kind, module, below)]));
  }

  private addFunction(kind: 'http' | 'stream', module: Module, below: HttpFoundations): KernelFunction {
    const { network, data, identity, jobs } = below;
    const fn = new KernelFunction(this, `${kind}-${module.name}`, {
      kind,
      entry: module.name,
      description: kind === 'http' ? module.summary : `${module.summary}, as it comes`,
      // Half of what the gateway waits, so that the caller gets our answer and not the gateway's.
      timeoutSeconds: kind === 'http' ? 15 : longestStreamSeconds,
      // Processor time grows with memory; below this, cold starts dominate.
      memoryMb: 1024,
      network: { vpc: network.vpc, securityGroup: network.functions },
    });
    answerBrowsers(fn);
    verifyTokens(fn, {
      userPoolId: identity.userPool.userPoolId,
      clientIds: [identity.consoleClient, identity.commandLineClient].map((one) => one.userPoolClientId),
    });
    passGate(fn, data.gate, module);
    wakeDispatcher(fn, jobs.outbox.queue, publishes(module));
    if (module.needs.database !== undefined) connectDatabase(fn, data.address, module.needs.database);
    if (module.needs.signIn === true) {
      signInPeople(fn, { url: identity.loginUrl, clientId: identity.consoleClient.userPoolClientId });
    }
    if (module.needs.models === true && kind === 'stream') callModels(fn, data.modelKeys);
    if (module.needs.linkSecret === true) signLinks(fn, data.linkSecret);
    if (kind === 'http' && module.needs.backupSecret === true) sealBackups(fn, data.backupSecret);
    if (module.needs.phone === true) offerChannels(fn);
    if (module.needs.readsMetrics === true) readMetrics(fn);
    if (kind === 'http') keepFiles(fn, data.files, module, 'operations');
    return fn;
  }
}

function assertRegistered({ bundles }: CellFacts, kind: 'http' | 'stream', serving: readonly Module[]): void {
  const stranger = bundles.names(kind).find((name) => !serving.some((module) => module.name === name));
  if (stranger !== undefined) {
    throw new Error(
      `functions/${kind}/${stranger}.ts serves no registered module: add its line to shared/registry.ts.`,
    );
  }
}
