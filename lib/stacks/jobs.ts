/** Work that happens later: outbox, one queue for each module with jobs, workflows, the event bus, mail, schedules. */
import { Duration } from 'aws-cdk-lib';
import { Archive, EventBus, type IEventBus, Match, Rule, Schedule } from 'aws-cdk-lib/aws-events';
import { LambdaFunction } from 'aws-cdk-lib/aws-events-targets';
import type { Construct } from 'constructs';
import { archiveTrails } from '#lib/constructs/audit-archive.ts';
import { type CellFacts, CellStack } from '#lib/constructs/cell-stack.ts';
import { type Counter, counterOf } from '#lib/constructs/count-tenants.ts';
import { copyCluster } from '#lib/constructs/cluster-copies.ts';
import { JobQueue } from '#lib/constructs/job-queue.ts';
import { KernelFunction, type KernelFunctionProps } from '#lib/constructs/kernel-function.ts';
import { MailSender } from '#lib/constructs/mail-sender.ts';
import {
  connectDatabase,
  dispatchOutbox,
  keepFiles,
  sealBackups,
  sendMail,
  sendToPhones,
  signLinks,
  useGate,
  wakeDispatcher,
} from '#lib/constructs/needs.ts';
import { readMetrics } from '#lib/constructs/read-metrics.ts';
import { saveQueries } from '#lib/constructs/saved-queries.ts';
import { Workflow, workerTimeout } from '#lib/constructs/workflow.ts';
import type { DatabaseRole, Module } from '#shared/contract/module.ts';
import type { DataStack } from './data.ts';
import type { NetworkStack } from './network.ts';

const outboxName = 'outbox';
/** Its function keeps what was put aside of all queues. */
const deadLettersName = 'dead-letters';
/** Its function mails figures of the fleet, as the login that sees them. */
const pulseName = 'pulse';
/** Its function looks at the items of the budgets, as no other schedule does. */
const aiBudgetsName = 'ai-budgets';
/** Its function keeps the archive of audit trails, as no other does. */
const auditName = 'audit';
const workerTimeoutSeconds = 60;

/** Functions on a timer, and how often. Each has its entry in `functions/schedule`. */
function schedulesOf({ deployment }: CellFacts): Record<string, Duration> {
  return {
    [outboxName]: Duration.minutes(deployment.outboxSweepMinutes),
    [aiBudgetsName]: Duration.minutes(5),
    // It wakes the database as the sweep does.
    [auditName]: Duration.minutes(deployment.outboxSweepMinutes),
    backups: Duration.minutes(10),
    drills: Duration.days(1),
    maintenance: Duration.hours(1),
    [pulseName]: Duration.hours(6),
  };
}

export class JobsStack extends CellStack {
  readonly outbox: JobQueue;
  readonly bus: IEventBus;
  /** Queue of each module that has jobs, by module name. */
  readonly queues: ReadonlyMap<string, JobQueue>;
  /** Counts what is logged of each tenant. */
  readonly count: Counter;
  readonly workflows: Workflow[] = [];
  readonly functions: KernelFunction[] = [];
  readonly #network: NetworkStack;
  readonly #data: DataStack;

  constructor(scope: Construct, facts: CellFacts, network: NetworkStack, data: DataStack) {
    super(scope, 'jobs', facts, 'Jobs: outbox, queues, workflows, events, mail, schedules');
    this.#network = network;
    this.#data = data;
    const working = facts.modules.filter((module) => Object.keys(module.jobs).length > 0);
    const flowing = facts.modules.filter((module) => Object.keys(module.workflows).length > 0);
    assertEntries(facts, { working, flowing });
    this.bus = this.createBus();
    this.outbox = new JobQueue(this, 'Outbox', { name: outboxName, workerTimeoutSeconds });
    this.queues = new Map(
      working.map((module) => [
        module.name,
        new JobQueue(this, `Queue-${module.name}`, { name: module.name, workerTimeoutSeconds }),
      ]),
    );
    this.count = counterOf(
      this.databaseFunction('trigger', 'metrics', 'app_system', 'Counts what is logged of each tenant'),
    );
    const mail = new MailSender(this, 'Mail');
    for (const module of working) this.addWorker(module, mail);
    for (const module of flowing) this.addWorkflows(module, mail);
    this.addDispatcher();
    this.addDeadLetterKeeper();
    this.addSchedules(mail);
    saveQueries(this, 'jobs', this.functions);
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
    this.count([fn], 'jobs');
  }

  private addWorkflows(module: Module, mail: MailSender): void {
    const { steps = {} } = module.needs;
    const declared = Object.values(module.workflows);
    const about = `Runs the workflow steps of ${module.name}`;
    const worker = this.databaseFunction('workflow', module.name, steps.database ?? 'app_tenant', about, {
      timeoutSeconds: workerTimeout(declared).toSeconds(),
      // Much is read and written here, and processor time and bandwidth grow with memory.
      memoryMb: 1769,
      copies: steps.clusterCopies === true,
    });
    wakeDispatcher(worker, this.outbox.queue, steps.publish === true);
    if (steps.email === true) sendMail(worker, mail.arns);
    if (steps.linkSecret === true) signLinks(worker, this.#data.linkSecret);
    if (steps.backupSecret === true) sealBackups(worker, this.#data.backupSecret);
    if (steps.gate !== undefined) useGate(worker, this.#data.gate, steps.gate);
    if (steps.clusterCopies === true) copyCluster(worker, steps.database ?? 'app_tenant');
    keepFiles(worker, this.#data.files, module, 'steps');
    for (const workflow of declared) {
      this.workflows.push(
        new Workflow(this, `Workflow-${workflow.name.replace('.', '-')}`, { workflow, worker }),
      );
    }
  }

  private addDispatcher(): void {
    const fn = this.databaseFunction('queue', outboxName, 'app_system', 'Sends what is in the outbox');
    this.letDispatch(fn);
    this.outbox.workedBy(fn, { batchSize: 10, maxConcurrency: 5 });
  }

  private addDeadLetterKeeper(): void {
    const fn = this.databaseFunction('queue', deadLettersName, 'app_system', 'Keeps what workers failed on');
    for (const queue of [this.outbox, ...this.queues.values()]) queue.keptBy(fn);
  }

  private addSchedules(mail: MailSender): void {
    for (const [name, every] of Object.entries(schedulesOf(this.facts))) {
      const login = name === pulseName ? 'app_platform' : 'app_system';
      const fn = this.databaseFunction('schedule', name, login, `Runs every ${every.toHumanString()}`);
      if (name === pulseName) this.letTellOperators(fn, mail);
      if (name === outboxName) this.letDispatch(fn);
      if (name === aiBudgetsName) useGate(fn, this.#data.gate);
      if (name === auditName) archiveTrails(fn, this.#data.auditArchive);
      // Until then it does nothing, and afterwards nobody has to set it going.
      if (this.facts.pair === 'follows') fn.lambda.addEnvironment('DATABASE_MAY_FOLLOW', 'on');
      new Rule(this, `Schedule-${name}`, {
        description: `Runs ${name} every ${every.toHumanString()}`,
        schedule: Schedule.rate(every),
        targets: [new LambdaFunction(fn.lambda, { retryAttempts: 0, maxEventAge: every })],
      });
    }
  }

  private letTellOperators(fn: KernelFunction, mail: MailSender): void {
    readMetrics(fn);
    sendMail(fn, mail.arns);
    fn.lambda.addEnvironment('OPERATORS_EMAIL', this.facts.deployment.operatorsEmail);
  }

  private letDispatch(fn: KernelFunction): void {
    const queues = new Map([...this.queues].map(([name, { queue }]) => [name, queue]));
    dispatchOutbox(fn, this.bus, queues, this.workflows);
  }

  private databaseFunction(
    kind: KernelFunctionProps['kind'],
    entry: string,
    login: DatabaseRole,
    description: string,
    { timeoutSeconds = workerTimeoutSeconds, memoryMb = 512, copies = false } = {},
  ): KernelFunction {
    const fn = new KernelFunction(this, `${kind}-${entry}`, {
      kind,
      entry,
      description,
      timeoutSeconds,
      memoryMb,
      network: { vpc: this.#network.vpc, securityGroup: this.#network.functions },
    });
    connectDatabase(fn, this.#data.address, login, { copies });
    this.functions.push(fn);
    return fn;
  }
}

/** An entry that nothing would ever invoke is a mistake, as is a job or a workflow without one. */
function assertEntries(
  facts: CellFacts,
  { working, flowing }: { working: readonly Module[]; flowing: readonly Module[] },
): void {
  const names = (modules: readonly Module[]) => modules.map(({ name }) => name);
  const known = {
    queue: { names: [outboxName, deadLettersName, ...names(working)], without: 'a job' },
    workflow: { names: names(flowing), without: 'a workflow' },
    schedule: { names: Object.keys(schedulesOf(facts)), without: undefined },
  };
  for (const kind of ['queue', 'workflow', 'schedule'] as const) {
    for (const name of facts.bundles.names(kind)) {
      if (known[kind].names.includes(name)) continue;
      const { without } = known[kind];
      throw new Error(
        `functions/${kind}/${name}.ts is never invoked: ${without === undefined ? 'lib/stacks/jobs.ts has no schedule of this name' : `no module ${name} declares ${without}`}.`,
      );
    }
  }
}
