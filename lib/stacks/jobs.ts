/** Work that happens later: outbox, one queue for each module with jobs, the event bus, mail, schedules. */
import { Duration } from 'aws-cdk-lib';
import { Archive, EventBus, type IEventBus, Match, Rule, Schedule } from 'aws-cdk-lib/aws-events';
import { LambdaFunction } from 'aws-cdk-lib/aws-events-targets';
import type { Construct } from 'constructs';
import { type CellFacts, CellStack } from '#lib/constructs/cell-stack.ts';
import { JobQueue } from '#lib/constructs/job-queue.ts';
import { KernelFunction, type KernelFunctionProps } from '#lib/constructs/kernel-function.ts';
import { MailSender } from '#lib/constructs/mail-sender.ts';
import {
  connectDatabase,
  dispatchOutbox,
  sendMail,
  sendToPhones,
  signLinks,
  useGate,
  wakeDispatcher,
} from '#lib/constructs/needs.ts';
import type { DatabaseRole, Module } from '#shared/contract/module.ts';
import type { DataStack } from './data.ts';
import type { NetworkStack } from './network.ts';

const outboxName = 'outbox';
/** Its function looks at the items of the budgets, as no other schedule does. */
const aiBudgetsName = 'ai-budgets';
const workerTimeoutSeconds = 60;

/** Functions on a timer, and how often. Each has its entry in `functions/schedule`. */
function schedulesOf({ deployment }: CellFacts): Record<string, Duration> {
  return {
    [outboxName]: Duration.minutes(deployment.outboxSweepMinutes),
    [aiBudgetsName]: Duration.minutes(5),
    maintenance: Duration.hours(1),
  };
}

export class JobsStack extends CellStack {
  readonly outbox: JobQueue;
  readonly bus: IEventBus;
  /** Queue of each module that has jobs, by module name. */
  readonly queues: ReadonlyMap<string, JobQueue>;
  readonly functions: KernelFunction[] = [];
  readonly #network: NetworkStack;
  readonly #data: DataStack;

  constructor(scope: Construct, facts: CellFacts, network: NetworkStack, data: DataStack) {
    super(scope, 'jobs', facts, 'Jobs: outbox, queues, events, mail, schedules');
    this.#network = network;
    this.#data = data;
    const working = facts.modules.filter((module) => Object.keys(module.jobs).length > 0);
    assertEntries(facts, working);
    this.bus = this.createBus();
    this.outbox = new JobQueue(this, 'Outbox', { name: outboxName, workerTimeoutSeconds });
    this.queues = new Map(
      working.map((module) => [
        module.name,
        new JobQueue(this, `Queue-${module.name}`, { name: module.name, workerTimeoutSeconds }),
      ]),
    );
    const mail = new MailSender(this, 'Mail');
    for (const module of working) this.addWorker(module, mail);
    this.addDispatcher();
    this.addSchedules();
  }

  private createBus(): IEventBus {
    const bus = new EventBus(this, 'Events', { eventBusName: this.facts.name }) as IEventBus;
    new Archive(this, 'EventArchive', {
      sourceEventBus: bus,
      description: 'Every event of the last month, to be played again after a mistake',
      eventPattern: { source: Match.prefix('plinth') },
      retention: Duration.days(30),
    });
    return bus;
  }

  private addWorker(module: Module, mail: MailSender): void {
    // Workers enter the tenant that queued the job, and see nothing else.
    const fn = this.databaseFunction('queue', module.name, 'app_tenant', `Works the jobs of ${module.name}`);
    wakeDispatcher(fn, this.outbox.queue, module.needs.workersPublish === true);
    if (module.needs.email === true) sendMail(fn, mail.arns);
    if (module.needs.phone === true) sendToPhones(fn);
    if (module.needs.linkSecret === true) signLinks(fn, this.#data.linkSecret);
    if (module.needs.workersUseGate === true) useGate(fn, this.#data.gate);
    if (module.needs.workersCountMessages === true) {
      useGate(fn, this.#data.gate);
      signLinks(fn, this.#data.linkSecret);
    }
    this.queues.get(module.name)?.workedBy(fn, { batchSize: 10, maxConcurrency: 20 });
  }

  private addDispatcher(): void {
    const fn = this.databaseFunction('queue', outboxName, 'app_system', 'Sends what is in the outbox');
    this.letDispatch(fn);
    this.outbox.workedBy(fn, { batchSize: 10, maxConcurrency: 5 });
  }

  private addSchedules(): void {
    for (const [name, every] of Object.entries(schedulesOf(this.facts))) {
      const fn = this.databaseFunction('schedule', name, 'app_system', `Runs every ${every.toHumanString()}`);
      if (name === outboxName) this.letDispatch(fn);
      if (name === aiBudgetsName) useGate(fn, this.#data.gate);
      new Rule(this, `Schedule-${name}`, {
        description: `Runs ${name} every ${every.toHumanString()}`,
        schedule: Schedule.rate(every),
        targets: [new LambdaFunction(fn.lambda, { retryAttempts: 0, maxEventAge: every })],
      });
    }
  }

  private letDispatch(fn: KernelFunction): void {
    dispatchOutbox(fn, this.bus, new Map([...this.queues].map(([name, { queue }]) => [name, queue])));
  }

  private databaseFunction(
    kind: KernelFunctionProps['kind'],
    entry: string,
    login: DatabaseRole,
    description: string,
  ): KernelFunction {
    const fn = new KernelFunction(this, `${kind}-${entry}`, {
      kind,
      entry,
      description,
      timeoutSeconds: workerTimeoutSeconds,
      memoryMb: 512,
      network: { vpc: this.#network.vpc, securityGroup: this.#network.functions },
    });
    connectDatabase(fn, this.#data.address, login);
    this.functions.push(fn);
    return fn;
  }
}

/** An entry that nothing would ever invoke is a mistake, as is a job without one. */
function assertEntries(facts: CellFacts, working: readonly Module[]): void {
  const queues = [outboxName, ...working.map((module) => module.name)];
  const known = { queue: queues, schedule: Object.keys(schedulesOf(facts)) };
  for (const kind of ['queue', 'schedule'] as const) {
    for (const name of facts.bundles.names(kind)) {
      if (!known[kind].includes(name)) {
        throw new Error(
          `functions/${kind}/${name}.ts is never invoked: ${kind === 'queue' ? `no module ${name} declares a job` : 'lib/stacks/jobs.ts has no schedule of this name'}.`,
        );
      }
    }
  }
}
