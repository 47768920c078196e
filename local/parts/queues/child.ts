/** The process that hosts fauxqs; see queues.ts. Also what has to be mended in it, for this version. */
import { Server } from 'node:net';
import type { DatabaseSync } from 'node:sqlite';
import { startFauxqs } from 'fauxqs';
import { beChild } from '../child.ts';

const { settings, ready, onParentGone } = beChild<{ folder: string; region: string }>();

await mendPersistence();
listenOnLoopbackOnly();
const server = await startFauxqs({
  port: 0,
  logger: false,
  dataDir: settings.folder,
  defaultRegion: settings.region,
});
onParentGone(() => server.stop());
ready({ port: server.port });

/** fauxqs listens on every interface and checks no signature; behind the front it must answer this machine only. */
function listenOnLoopbackOnly(): void {
  const listen = Reflect.get(Server.prototype, 'listen') as (...args: unknown[]) => Server;
  Server.prototype.listen = function (this: Server, ...args: unknown[]) {
    const [first, ...rest] = args;
    const onLoopback = typeof first === 'object' && first !== null ? { ...first, host: '127.0.0.1' } : first;
    return Reflect.apply(listen, this, [onLoopback, ...rest]);
  };
}

/**
 * fauxqs 2.4.1 loses a message whose visibility is set to 0: it writes null into columns that refuse it, after it
 * has forgotten the message in memory. A message that is visible again keeps its counts, as on SQS. And sqlite
 * need not wait for the disk at every message: its journal survives kill -9 as it is.
 */
async function mendPersistence(): Promise<void> {
  type Persistence = {
    db: DatabaseSync;
    load(...stores: unknown[]): void;
    updateMessageReady(id: string): void;
  };
  const module = new URL('persistence.js', import.meta.resolve('fauxqs')).href;
  const { PersistenceManager } = (await import(module)) as { PersistenceManager: { prototype: Persistence } };
  const { prototype } = PersistenceManager;

  prototype.updateMessageReady = function (id) {
    this.db
      .prepare(
        'update sqs_messages set receipt_handle = null, visibility_deadline = null where message_id = ?',
      )
      .run(id);
  };
  const load = Reflect.get(prototype, 'load');
  prototype.load = function (...stores) {
    this.db.exec('pragma synchronous = normal');
    Reflect.apply(load, this, stores);
  };
}
