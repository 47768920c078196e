/**
 * Aurora PostgreSQL: encrypted, TLS only, reached with IAM tokens, in subnets without a route outside. With a
 * proxy where configured: authentication is IAM from end to end, so no login has a password anywhere.
 */
import { Duration, SecretValue, Tokenization } from 'aws-cdk-lib';
import { type ISecurityGroup, type IVpc, Port, SecurityGroup } from 'aws-cdk-lib/aws-ec2';
import { Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import {
  AuroraPostgresEngineVersion,
  CaCertificate,
  ClusterInstance,
  Credentials,
  DatabaseCluster,
  DatabaseClusterEngine,
  DatabaseProxy,
  DatabaseSecret,
  DefaultAuthScheme,
  ParameterGroup,
  ProxyTarget,
} from 'aws-cdk-lib/aws-rds';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import type { ISecret } from 'aws-cdk-lib/aws-secretsmanager';
import { Construct } from 'constructs';
import type { DatabaseRole } from '#shared/contract/module.ts';
import { accept } from './accept.ts';
import { cellOf } from './cell-stack.ts';
import { follow, leastUnits, letFollow } from './global-database.ts';
import type { DatabaseAddress } from './needs.ts';

export const databaseName = 'plinth';

const logins: readonly DatabaseRole[] = [
  'app_tenant',
  'app_platform',
  'app_system',
  'app_backup',
  'app_restore',
];

export type TenantDatabaseProps = {
  vpc: IVpc;
  /** Who may connect. */
  clients: ISecurityGroup;
};

export class TenantDatabase extends Construct {
  readonly cluster: DatabaseCluster;
  /** None where the cluster follows another one, whose administrator is its own as well. */
  readonly adminSecret: ISecret | undefined;
  readonly address: DatabaseAddress;

  constructor(scope: Construct, id: string, props: TenantDatabaseProps) {
    super(scope, id);
    const { pair, deployment } = cellOf(this).facts;
    this.cluster = this.createCluster(props);
    this.adminSecret = pair === 'follows' ? undefined : this.rotatedSecret();
    if (pair === 'follows') follow(this.cluster);
    if (pair === 'followed') letFollow(this.cluster);
    // A proxy cannot stand before a cluster that nobody may write to yet.
    this.address =
      deployment.database.proxy && pair !== 'follows'
        ? this.proxied(props)
        : {
            host: this.cluster.clusterEndpoint.hostname,
            port: Tokenization.stringifyNumber(this.cluster.clusterEndpoint.port),
            name: databaseName,
            ownAuthority: true,
            grantConnect: (grantee, login) => this.cluster.grantConnect(grantee, login),
          };
  }

  private createCluster(props: TenantDatabaseProps): DatabaseCluster {
    const cell = cellOf(this);
    const { database, keepData, logRetentionDays } = cell.facts.deployment;
    const engine = DatabaseClusterEngine.auroraPostgres({ version: AuroraPostgresEngineVersion.VER_17_9 });
    const instance = { caCertificate: CaCertificate.RDS_CA_RSA2048_G1, publiclyAccessible: false };
    const clusterIdentifier = cell.facts.name;
    // RDS would make this group itself, and keep it for ever.
    const log = new LogGroup(this, 'Log', {
      logGroupName: `/aws/rds/cluster/${clusterIdentifier}/postgresql`,
      retention: logRetentionDays,
      removalPolicy: cell.dataPolicy,
    });
    const cluster = new DatabaseCluster(this, 'Cluster', {
      engine,
      clusterIdentifier,
      parameterGroup: new ParameterGroup(this, 'Parameters', {
        engine,
        description: 'TLS only; statements slower than a second are logged, without their parameters',
        parameters: {
          'rds.force_ssl': '1',
          log_min_duration_statement: '1000',
          log_parameter_max_length: '0',
        },
      }),
      defaultDatabaseName: databaseName,
      credentials: this.administrator(),
      serverlessV2MinCapacity: leastUnits(cell.facts),
      serverlessV2MaxCapacity: database.maximumCapacityUnits,
      writer: ClusterInstance.serverlessV2('Writer', instance),
      readers: database.standby
        ? [ClusterInstance.serverlessV2('Standby', { ...instance, scaleWithWriter: true })]
        : [],
      vpc: props.vpc,
      vpcSubnets: { subnetGroupName: 'database' },
      securityGroups: [this.closedGroup('ClusterGroup', props)],
      iamAuthentication: true,
      storageEncrypted: true,
      backup: { retention: Duration.days(database.backupRetentionDays) },
      copyTagsToSnapshot: true,
      cloudwatchLogsExports: ['postgresql'],
      deletionProtection: keepData,
      deleteAutomatedBackups: !keepData,
      removalPolicy: cell.dataPolicy,
    });
    cluster.node.addDependency(log);
    if (!keepData) {
      accept(cluster, {
        RDS10: 'Only production data is protected against deletion; this environment is meant to be removed.',
      });
    }
    return cluster;
  }

  /** Whoever follows has the administrator of whom it follows; its password here is taken out again. */
  private administrator(): Credentials {
    const { facts, dataPolicy } = cellOf(this);
    const username = 'plinth_admin';
    if (facts.pair === 'follows') {
      return Credentials.fromPassword(username, SecretValue.unsafePlainText('follows'));
    }
    const secret = new DatabaseSecret(this, 'Admin', { username });
    secret.applyRemovalPolicy(dataPolicy);
    return Credentials.fromSecret(secret as ISecret);
  }

  private closedGroup(id: string, { vpc, clients }: TenantDatabaseProps): ISecurityGroup {
    const group = new SecurityGroup(this, id, {
      vpc,
      description: 'PostgreSQL, from functions',
      allowAllOutbound: false,
    });
    group.addIngressRule(clients, Port.POSTGRES, 'Functions');
    return group;
  }

  private rotatedSecret(): ISecret {
    const days = cellOf(this).facts.deployment.database.adminSecretRotationDays;
    const { secret } = this.cluster;
    if (secret === undefined) throw new Error('The cluster was created without a secret.');
    if (days === undefined) {
      accept(this, {
        SMG4: 'Not rotated in this environment; staging and production rotate it.',
      });
    } else {
      this.cluster.addRotationSingleUser({
        automaticallyAfter: Duration.days(days),
        vpcSubnets: { subnetGroupName: 'functions' },
      });
    }
    return secret;
  }

  private proxied(props: TenantDatabaseProps): DatabaseAddress {
    const role = new Role(this, 'ProxyRole', {
      assumedBy: new ServicePrincipal('rds.amazonaws.com'),
      description: 'Connects to the database as each login',
    });
    for (const login of logins) this.cluster.grantConnect(role, login);
    const proxy = new DatabaseProxy(this, 'Proxy', {
      proxyTarget: ProxyTarget.fromCluster(this.cluster),
      vpc: props.vpc,
      vpcSubnets: { subnetGroupName: 'database' },
      securityGroups: [this.closedGroup('ProxyGroup', props)],
      defaultAuthScheme: DefaultAuthScheme.IAM_AUTH,
      role,
      requireTLS: true,
      idleClientTimeout: Duration.minutes(30),
      // A request that waits longer than this for a connection is better refused than kept.
      borrowTimeout: Duration.seconds(5),
      maxConnectionsPercent: 90,
    });
    return {
      host: proxy.endpoint,
      port: '5432',
      name: databaseName,
      ownAuthority: false,
      grantConnect: (grantee, login) => proxy.grantConnect(grantee, login),
    };
  }
}
