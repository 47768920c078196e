/**
 * The account that the PostgreSQL server runs as. PostgreSQL refuses to run as root, so root hands it to the
 * unprivileged id 65534, which needs no entry in the password file; everybody else runs it as themselves.
 */
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';

export type ServerAccount = { uid: number; gid: number };

/** Undefined: as ourselves. A data folder that exists keeps its owner. */
export async function serverAccount(data: string): Promise<ServerAccount | undefined> {
  if (process.getuid?.() !== 0) return undefined;
  const owner = await stat(data).catch(() => undefined);
  if (owner !== undefined && owner.uid !== 0) return { uid: owner.uid, gid: owner.gid };
  return { uid: 65_534, gid: 65_534 };
}

/** Asks the system itself whether the account may enter a folder or run a file: modes alone miss ACLs and mounts. */
export function canReach(account: ServerAccount, path: string): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const probe = spawn('/bin/sh', ['-c', 'test -x "$1"', 'probe', path], {
      ...account,
      cwd: '/',
      stdio: 'ignore',
    });
    probe.once('error', (cause) =>
      reject(new Error('PostgreSQL cannot run as root, and no other account can be used here.', { cause })),
    );
    probe.once('exit', (code) => resolve(code === 0));
  });
}

/** A place that every account can enter, and that outlives a restart of the machine where the system has one. */
export function sharedFolder(): string {
  return existsSync('/var/tmp') ? '/var/tmp' : tmpdir();
}
