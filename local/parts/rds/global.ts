/**
 * A global database, as the cell that follows sees it: two clusters, of which its own is a real second server that
 * streams the log of the first. Who writes is asked from the server itself. Promoting takes place after the call was
 * answered, as on AWS.
 */
import { AwsError } from '../contract.ts';
import { isFollowing, promote } from '../postgres/follower.ts';
import type { Postgres } from '../postgres/postgres.ts';
import type { Parameters } from './parameters.ts';

export type GlobalOptions = {
  /** Its name, and the clusters by ARN. */
  global: { identifier: string; followedArn: string; ownArn: string };
  engine: string;
  /** The server that follows, and the one that it follows. */
  database: Postgres;
  followed: Postgres;
  /** Makes the server reachable for functions once it writes. */
  prepare: (adminUrl: string) => Promise<void>;
  log: (line: string) => void;
};

type Action = { known: string[]; act: (given: Parameters) => Promise<unknown> };

/** The actions of the RDS API on the global database. */
export function globalActions(options: GlobalOptions): Record<string, Action> {
  const { global, engine, database, followed, prepare, log } = options;
  let changing: 'failing-over' | 'switching-over' | undefined;

  async function shape() {
    const writes = !(await isFollowing(database.adminUrl));
    const [account = ''] = global.ownArn.split(':').slice(4);
    const member = (arn: string, writer: boolean) => ({
      ...{ DBClusterArn: arn, IsWriter: writer, GlobalWriteForwardingStatus: 'disabled' },
    });
    return {
      GlobalClusterIdentifier: global.identifier,
      GlobalClusterArn: `arn:aws:rds::${account}:global-cluster:${global.identifier}`,
      Engine: engine,
      Status: changing ?? 'available',
      ...(changing === undefined
        ? {}
        : {
            FailoverState: {
              ...{ Status: changing, FromDbClusterArn: global.followedArn, ToDbClusterArn: global.ownArn },
              IsDataLossAllowed: changing === 'failing-over',
            },
          }),
      GlobalClusterMembers: {
        GlobalClusterMember: [member(global.followedArn, !writes), member(global.ownArn, writes)],
      },
    };
  }

  async function begin(given: Parameters, how: NonNullable<typeof changing>, before: () => Promise<void>) {
    existing(given.need('GlobalClusterIdentifier'));
    if (given.need('TargetDbClusterIdentifier') !== global.ownArn) {
      throw new AwsError('DBClusterNotFoundFault', 'The target is no cluster that follows here.', 404);
    }
    if (changing !== undefined || !(await isFollowing(database.adminUrl))) {
      throw new AwsError('InvalidGlobalClusterStateFault', `${global.identifier} is ${changing ?? 'here'}.`);
    }
    changing = how;
    before()
      .then(() => promote(database.adminUrl))
      .then(() => prepare(database.adminUrl))
      .catch((error: unknown) => log(`${global.identifier}: ${String(error)}`))
      .finally(() => (changing = undefined));
    return { GlobalCluster: await shape() };
  }

  function existing(identifier: string): void {
    if (identifier === global.identifier) return;
    throw new AwsError('GlobalClusterNotFoundFault', `Global cluster ${identifier} not found.`, 404);
  }

  const target = ['GlobalClusterIdentifier', 'TargetDbClusterIdentifier'];
  return {
    DescribeGlobalClusters: {
      known: ['GlobalClusterIdentifier'],
      act: async (given) => {
        existing(given.text('GlobalClusterIdentifier') ?? global.identifier);
        return { GlobalClusters: { GlobalClusterMember: [await shape()] } };
      },
    },
    FailoverGlobalCluster: {
      known: [...target, 'AllowDataLoss'],
      act: async (given) => {
        if (!given.flag('AllowDataLoss')) {
          throw new AwsError('InvalidParameterCombination', 'Without AllowDataLoss this is a switchover.');
        }
        return begin(given, 'failing-over', async () => undefined);
      },
    },
    SwitchoverGlobalCluster: {
      known: target,
      act: async (given) => {
        const answers = await isFollowing(followed.adminUrl).then(
          () => true,
          () => false,
        );
        if (!answers) {
          throw new AwsError('InvalidGlobalClusterStateFault', 'The cluster that writes does not answer.');
        }
        // A server that shuts down in order first sends all of its log to whoever follows.
        return begin(given, 'switching-over', () => followed.stop());
      },
    },
  };
}
