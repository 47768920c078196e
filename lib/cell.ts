/** A cell: everything one residency needs, in one region (ARC-2, OPS-5). Composition only. */
import { Construct } from 'constructs';
import { commandLineReturnUrls } from '#shared/config/command-line.ts';
import { assertCapabilities } from '#shared/contract/capability-registry.ts';
import type { CellFacts } from './constructs/cell-stack.ts';
import { ConsoleStack } from './stacks/console.ts';
import { DataStack } from './stacks/data.ts';
import { HttpStack } from './stacks/http.ts';
import { IdentityStack } from './stacks/identity.ts';
import { JobsStack } from './stacks/jobs.ts';
import { NetworkStack } from './stacks/network.ts';
import { ObservabilityStack } from './stacks/observability.ts';

/** `console` is the folder with the built console; without one, none is published. */
export type CellProps = Omit<CellFacts, 'name'> & { console?: string | undefined };

export class Cell extends Construct {
  readonly http: HttpStack;

  constructor(scope: Construct, props: CellProps) {
    const name = `plinth-${props.deployment.environment}-${props.region}`;
    super(scope, name);
    assertCapabilities(props.modules);
    const facts: CellFacts = { ...props, name };
    const network = new NetworkStack(this, facts);
    const data = new DataStack(this, facts, network);
    const jobs = new JobsStack(this, facts, network, data);
    const identity = new IdentityStack(this, facts, { data, jobs });
    this.http = new HttpStack(this, facts, { network, data, identity, jobs });
    // The schema is migrated in `data`, so nothing that reads it may be updated before.
    jobs.addStackDependency(data);
    this.http.addStackDependency(data);
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
}
