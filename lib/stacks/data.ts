/** What holds tenants' data, and the schema migration that runs before anything that uses it is updated. */
import { CfnOutput, Duration } from 'aws-cdk-lib';
import { AttributeType, BillingMode, type ITable, Table } from 'aws-cdk-lib/aws-dynamodb';
import { Bucket, type IBucket } from 'aws-cdk-lib/aws-s3';
import { CfnSecret, type ISecret, Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { Trigger } from 'aws-cdk-lib/triggers';
import type { Construct } from 'constructs';
import { accept } from '#lib/constructs/accept.ts';
import { type AuditArchive, auditArchive } from '#lib/constructs/audit-archive.ts';
import { type CellFacts, CellStack, leaderOf } from '#lib/constructs/cell-stack.ts';
import { KernelFunction } from '#lib/constructs/kernel-function.ts';
import { administerDatabase, type DatabaseAddress, type TenantFiles } from '#lib/constructs/needs.ts';
import { accessLogBucket, privateBucket } from '#lib/constructs/private-bucket.ts';
import { TenantDatabase } from '#lib/constructs/tenant-database.ts';
import { objectRules } from '#shared/config/objects.ts';
import { standbyRegionOf } from '#shared/config/regions.ts';
import type { NetworkStack } from './network.ts';
import { standbyBucketName } from './standby-files.ts';

export class DataStack extends CellStack {
  readonly database: TenantDatabase;
  readonly address: DatabaseAddress;
  readonly gate: ITable;
  /** Objects of tenants, each below `tenants/<tenant>/`. */
  readonly files: TenantFiles;
  /** The chains of audit trails, locked. */
  readonly auditArchive: AuditArchive;
  readonly linkSecret: ISecret;
  /** What the keys of backups come from. */
  readonly backupSecret: ISecret;
  /** Where the key of each provider of models is put, by provider. */
  readonly modelKeys: ReadonlyMap<string, ISecret>;
  /** Where a cell follows, the schema comes with the data. */
  readonly migration: KernelFunction | undefined;

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
    this.files = this.named(this.filesBucket(accessLogs), 'tenant-files');
    this.auditArchive = auditArchive(this, accessLogs);
    this.linkSecret = this.secret('LinkSecret', {
      name: 'links',
      description: 'Signs the links that Plinth mails',
      keeps:
        'Rotation would void every invitation that is under way; the secret is replaced by hand after a compromise, which docs/security.md describes.',
    });
    this.backupSecret = this.secret('BackupSecret', {
      name: 'backups',
      description: 'The keys of tenants’ backups come from it',
      keeps:
        'Without it no backup can be opened: it stays for as long as there are backups of it, and docs/backups.md says how it is replaced.',
    });
    this.modelKeys = new Map(
      facts.deployment.models.keys.map((provider) => [provider, this.keyOf(provider)]),
    );
    const { adminSecret } = this.database;
    this.migration = adminSecret === undefined ? undefined : this.migrate(network, adminSecret);
    new CfnOutput(this, 'TenantFilesBucket', { value: this.files.name });
  }

  /** Exported by a name of ours: the checks quote it where another stack grants something on what is inside. */
  private named(bucket: IBucket, name: string): TenantFiles {
    const exportName = `${this.facts.name}-${name}-arn`;
    const arn = this.exportValue(bucket.bucketArn, { name: exportName });
    return { name: bucket.bucketName, arn, exportName };
  }

  /** Where a cell follows, what the other one copied is there already. */
  private filesBucket(accessLogs: IBucket): IBucket {
    const { facts } = this;
    const standby = standbyBucketName(facts, this.account);
    if (facts.pair === 'follows') return Bucket.fromBucketName(this, 'TenantFiles', standby);
    const log = { bucket: accessLogs, prefix: 'tenant-files/' };
    const copies = facts.pair === 'followed' ? { copiedTo: standby } : {};
    return privateBucket(this, 'TenantFiles', log, { keptDays: objectRules.keptDays, ...copies });
  }

  /** A secret that is made once. Both cells of a pair have it, under one name. */
  private secret(id: string, about: { name: string; description: string; keeps: string }): ISecret {
    const { facts } = this;
    const secretName = `${leaderOf(facts)}/${about.name}`;
    if (facts.pair === 'follows') return Secret.fromSecretNameV2(this, id, secretName);
    const secret = new Secret(this, id, {
      description: about.description,
      generateSecretString: { passwordLength: 64, excludePunctuation: true },
      removalPolicy: this.dataPolicy,
      // Production has the name from its first day: a secret that gets one later is another secret.
      ...(facts.deployment.keepData || facts.pair === 'followed' ? { secretName } : {}),
      ...(facts.pair === 'followed' ? { replicaRegions: [{ region: standbyRegionOf(facts.region) }] } : {}),
    });
    accept(secret, { SMG4: about.keeps });
    return secret as ISecret;
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

  private migrate(network: NetworkStack, adminSecret: ISecret): KernelFunction {
    const fn = new KernelFunction(this, 'Migrate', {
      kind: 'deploy',
      entry: 'migrate',
      description: 'Brings the database schema up to date during a deployment',
      timeoutSeconds: 600,
      memoryMb: 512,
      network: { vpc: network.vpc, securityGroup: network.functions },
    });
    administerDatabase(fn, adminSecret);
    new Trigger(this, 'MigrateOnDeploy', {
      handler: fn.lambda,
      timeout: Duration.minutes(10),
      executeAfter: [this.database],
    });
    return fn;
  }
}
