/** The process that hosts fauxqs; see queues.ts. */
import { Server } from 'node:net';
import { startFauxqs } from 'fauxqs';
import { beChild } from '../child.ts';

const { settings, ready, onParentGone } = beChild<{ folder: string; region: string }>();

// fauxqs listens on every interface and checks no signature; behind the front it must answer this machine only.
const listen = Reflect.get(Server.prototype, 'listen') as (...args: unknown[]) => Server;
Server.prototype.listen = function (this: Server, ...args: unknown[]) {
  const [first, ...rest] = args;
  const onLoopback = typeof first === 'object' && first !== null ? { ...first, host: '127.0.0.1' } : first;
  return Reflect.apply(listen, this, [onLoopback, ...rest]);
};

const server = await startFauxqs({
  port: 0,
  logger: false,
  dataDir: settings.folder,
  defaultRegion: settings.region,
});
onParentGone(() => server.stop());
ready({ port: server.port });
