/**
 * Gateways of others, as they are: Portkey's from npm, installed once beside the state of the local stack, because it
 * brings 95 packages that nothing else here needs; LiteLLM's proxy where there is one.
 */
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { freePort } from '#local/ports.ts';
import { stateFolder } from '#local/state.ts';
import { type Arm, stopChild, type Upstream } from './arms.ts';

export const portkeyVersion = '1.15.2';
/** Releases of LiteLLM that were not made by its authors. */
const tamperedWith = /\b1\.82\.[78]\b/;

const startWithinMs = 120_000;
const run = promisify(execFile);

/**
 * Portkey's gateway, told to ask our provider; undefined where npm cannot get it. Streams of the Messages API it answers with
 * 500 on this Node: it appends to the headers of a fetched answer, which are immutable.
 */
export async function startPortkey({ url }: Upstream): Promise<Arm | undefined> {
  const folder = join(stateFolder(), 'bench', `portkey-${portkeyVersion}`);
  const main = join(folder, 'node_modules/@portkey-ai/gateway/build/start-server.js');
  try {
    if (!existsSync(main)) await install(folder, `@portkey-ai/gateway@${portkeyVersion}`);
  } catch {
    return undefined;
  }
  const port = (await freePort(0)).port;
  const child = spawn(process.execPath, [main, `--port=${port}`, '--headless'], {
    ...{ cwd: folder, stdio: 'ignore', env: { ...process.env, NODE_ENV: 'production', NODE_OPTIONS: '' } },
  });
  return reachable(child, port, {
    ...{ name: 'Portkey', wholeOnly: true },
    headers: {
      'x-portkey-provider': 'anthropic',
      'x-portkey-custom-host': `${url}/v1`,
      'x-api-key': 'bench',
    },
  });
}

/** LiteLLM's proxy from `LITELLM` or the path, told to ask our provider; undefined where there is none. */
export async function startLiteLlm({ url }: Upstream): Promise<Arm | undefined> {
  const command = liteLlmCommand();
  if (command === undefined) return undefined;
  const { stdout } = await run(command, ['--version']);
  if (tamperedWith.test(stdout))
    throw new Error('This release of LiteLLM was tampered with; install another.');
  const folder = mkdtempSync(join(tmpdir(), 'plinth-litellm-'));
  const config = join(folder, 'config.json');
  const model = 'claude-haiku-5-5';
  const litellm_params = { model: `anthropic/${model}`, api_base: url, api_key: 'bench' };
  // JSON is YAML.
  writeFileSync(config, JSON.stringify({ model_list: [{ model_name: model, litellm_params }] }));
  const port = (await freePort(0)).port;
  const args = ['--config', config, '--host', '127.0.0.1', '--port', String(port), '--num_workers', '1'];
  const environment = { ...process.env, LITELLM_LOG: 'ERROR', LITELLM_LOCAL_MODEL_COST_MAP: 'True' };
  const child = spawn(command, args, { cwd: folder, stdio: 'ignore', env: environment });
  const arm = await reachable(child, port, { name: 'LiteLLM', headers: { 'x-api-key': 'bench' } });
  const stop = async () => {
    await arm.stop();
    rmSync(folder, { recursive: true, force: true });
  };
  return { ...arm, stop };
}

function liteLlmCommand(): string | undefined {
  const { LITELLM: named, PATH = '' } = process.env;
  if (named !== undefined) return named;
  return PATH.split(delimiter)
    .map((folder) => join(folder, 'litellm'))
    .find((file) => existsSync(file));
}

async function install(folder: string, name: string): Promise<void> {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'package.json'), '{"private":true}\n');
  await run('npm', ['install', '--ignore-scripts', '--no-audit', '--no-fund', '--save-exact', name], {
    cwd: folder,
  });
}

async function reachable(
  child: ChildProcess,
  port: number,
  arm: Pick<Arm, 'name' | 'headers' | 'wholeOnly'>,
): Promise<Arm> {
  const url = `http://127.0.0.1:${port}`;
  let gone: Error | undefined;
  child.once('error', (error) => (gone = error));
  child.once('exit', (code) => (gone = new Error(`${arm.name} ended with ${code}`)));
  for (const untilMs = Date.now() + startWithinMs; ;) {
    if (gone !== undefined) throw gone;
    if (
      await fetch(url).then(
        () => true,
        () => false,
      )
    )
      break;
    if (Date.now() > untilMs) {
      await stopChild(child);
      throw new Error(`${arm.name} did not start in time`);
    }
    await sleep(200);
  }
  return { ...arm, url, pid: child.pid ?? 0, stop: () => stopChild(child) };
}
