/** What holds tenants' data, and the schema migration that runs before anything that uses it is updated. */
import { CfnOutput, Duration } from 'aws-cdk-lib';
import { AttributeType, BillingMode, type ITable, Table } from 'aws-cdk-lib/aws-dynamodb';
import { CfnSecret, type ISecret, Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { Trigger } from 'aws-cdk-lib/triggers';
import type { Construct } from 'constructs';
import { accept } from '#lib/constructs/accept.ts';
import { type CellFacts, CellStack } from '#lib/constructs/cell-stack.ts';
import { KernelFunction } from '#lib/constructs/kernel-function.ts';
import { administerDatabase, type DatabaseAddress, type TenantFiles } from '#lib/constructs/needs.ts';
import { accessLogBucket, privateBucket } from '#lib/constructs/private-bucket.ts';
import { TenantDatabase } from '#lib/constructs/tenant-database.ts';
import type { NetworkStack } from './network.ts';

export class DataStack extends CellStack {
  readonly database: TenantDatabase;
  readonly address: DatabaseAddress;
  readonly gate: ITable;
  /** Objects of tenants, each below `tenants/<tenant>/`. */
  readonly files: TenantFiles;
  readonly linkSecret: ISecret;
  /** What the keys of backups come from. */
  readonly backupSecret: ISecret;
  /** Where the key of each provider of models is put, by provider. */
  readonly modelKeys: ReadonlyMap<string, ISecret>;
  readonly migration: KernelFunction;

  constructor(scope: Construct, facts: CellFacts, network: NetworkStack) {
    super(scope, 'data', facts, 'Data: database, gate table, tenant files, secrets, migration');
    const { keepData } = facts.deployment;
    this.database = new TenantDatabase(this, 'Database', {
      vpc: network.vpc,
      clients: network.functions,
    });
    this.address = this.database.address;
    this.gate = new Table(this, 'Gate', {
      partitionKey: { name: 'pk', type: AttributeType.STRING },
      billingMode: BillingMode.PAY_PER_REQUEST,
      timeToLiveAttribute: 'ttl',
      pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
      deletionProtection: keepData,
      removalPolicy: this.dataPolicy,
    }) as ITable;
    const accessLogs = accessLogBucket(this, 'AccessLogs');
    const files = privateBucket(this, 'TenantFiles', { bucket: accessLogs, prefix: 'tenant-files/' });
    const exportName = `${facts.name}-tenant-files-arn`;
    // Exported by a name of ours: the checks quote it where another stack grants something on what is inside.
    const arn = this.exportValue(files.bucketArn, { name: exportName });
    this.files = { name: files.bucketName, arn, exportName };
    this.linkSecret = new Secret(this, 'LinkSecret', {
      description: 'Signs the links that Plinth mails',
      generateSecretString: { passwordLength: 64, excludePunctuation: true },
      removalPolicy: this.dataPolicy,
    }) as ISecret;
    accept(this.linkSecret, {
      SMG4: 'Rotation would void every invitation that is under way; the secret is replaced by hand after a compromise, which docs/security.md describes.',
    });
    this.backupSecret = new Secret(this, 'BackupSecret', {
      description: 'The keys of tenants’ backups come from it',
      generateSecretString: { passwordLength: 64, excludePunctuation: true },
      removalPolicy: this.dataPolicy,
    }) as ISecret;
    accept(this.backupSecret, {
      SMG4: 'Without it no backup can be opened: it stays for as long as there are backups of it, and docs/backups.md says how it is replaced.',
    });
    this.modelKeys = new Map(
      facts.deployment.models.keys.map((provider) => [provider, this.keyOf(provider)]),
    );
    this.migration = this.migrate(network);
    new CfnOutput(this, 'TenantFilesBucket', { value: files.bucketName });
  }

  /** A secret without a value: keys are put in by hand and stand in no template, and no deployment overwrites them. */
  private keyOf(provider: string): ISecret {
    const secret = new CfnSecret(this, `ModelKey-${provider}`, {
      description: `Key of ${provider}, which answers calls of models`,
    });
    secret.applyRemovalPolicy(this.dataPolicy);
    accept(secret, {
      SMG4: 'Only the provider makes keys; they are replaced by hand, without a deployment (docs/ai.md).',
    });
    new CfnOutput(this, `ModelKeySecret-${provider}`, { value: secret.ref });
    return Secret.fromSecretCompleteArn(this, `ModelKeySecretOf-${provider}`, secret.ref);
  }

  private migrate(network: NetworkStack): KernelFunction {
    const fn = new KernelFunction(this, 'Migrate', {
      kind: 'deploy',
      entry: 'migrate',
      description: 'Brings the database schema up to date during a deployment',
      timeoutSeconds: 600,
      memoryMb: 512,
      network: { vpc: network.vpc, securityGroup: network.functions },
    });
    administerDatabase(fn, this.database.adminSecret);
    new Trigger(this, 'MigrateOnDeploy', {
      handler: fn.lambda,
      timeout: Duration.minutes(10),
      executeAfter: [this.database],
    });
    return fn;
  }
}
