/** A program that makes a copy of the cluster on the state folder it is given, says so, and waits to be killed. */
import { source, startCluster } from './cluster.ts';

const cluster = await startCluster(process.argv[2] ?? '');
await cluster.rds.ready();
const url = await cluster.copy('plinth-test-copy-1', { UseLatestRestorableTime: 'true' });
// Another one is under way when the program is killed.
await cluster.call('RestoreDBClusterToPointInTime', {
  DBClusterIdentifier: 'plinth-test-copy-2',
  SourceDBClusterIdentifier: source.identifier,
  UseLatestRestorableTime: 'true',
});
console.log(url);
setInterval(() => undefined, 1000);
