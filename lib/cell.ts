/**
 * A cell: everything one residency needs, in one region (ARC-2, OPS-5). Composition only. A cell that follows another
 * one has no console and wakes nobody: until the other region is gone nobody uses it (BKP-4).
 */
import { Construct } from 'constructs';
import { commandLineReturnUrls } from '#shared/config/command-line.ts';
import { assertCapabilities } from '#shared/contract/capability-registry.ts';
import { type CellFacts, leaderOf } from './constructs/cell-stack.ts';
import { ConsoleStack } from './stacks/console.ts';
import { DataStack } from './stacks/data.ts';
import { FailoverStack } from './stacks/failover.ts';
import { HttpStack } from './stacks/http.ts';
import { IdentityStack } from './stacks/identity.ts';
import { JobsStack } from './stacks/jobs.ts';
import { NetworkStack } from './stacks/network.ts';
import { ObservabilityStack } from './stacks/observability.ts';
import { StandbyFilesStack, standbyName } from './stacks/standby-files.ts';

/** `console` is the folder with the built console; without one, none is published. */
export type CellProps = Omit<CellFacts, 'name'> & { console?: string | undefined };

export class Cell extends Construct {
  readonly data: DataStack;
  readonly http: HttpStack;

  constructor(scope: Construct, props: CellProps) {
    const name = props.pair === 'follows' ? standbyName(props) : leaderOf(props);
    super(scope, name);
    assertCapabilities(props.modules);
    const facts: CellFacts = { ...props, name };
    const network = new NetworkStack(this, facts);
    const data = new DataStack(this, facts, network);
    const jobs = new JobsStack(this, facts, network, data);
    const identity = new IdentityStack(this, facts, { data, jobs });
    this.data = data;
    this.http = new HttpStack(this, facts, { network, data, identity, jobs });
    // The schema is migrated in `data`, so nothing that reads it may be updated before.
    jobs.addStackDependency(data);
    this.http.addStackDependency(data);
    if (facts.pair === 'follows') {
      new FailoverStack(this, facts, { network, data, jobs, http: this.http });
      return;
    }
    // S3 copies only to a bucket that is there.
    if (facts.pair === 'followed') data.addStackDependency(new StandbyFilesStack(this, facts));
    const addresses = {
      apiUrl: this.http.api.url,
      loginUrl: identity.loginUrl,
      clientId: identity.consoleClient.userPoolClientId,
      commandLine: {
        clientId: identity.commandLineClient.userPoolClientId,
        returnUrls: commandLineReturnUrls,
      },
    };
    new ConsoleStack(this, facts, addresses, props.console);
    new ObservabilityStack(this, facts, { data, jobs, http: this.http });
  }

  /** Follows a cell, whose database, secrets and bucket must be there first. */
  follow(followed: Cell): void {
    this.data.addStackDependency(followed.data);
  }
}
