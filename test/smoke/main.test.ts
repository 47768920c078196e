/** What `npm run smoke` says when something is wrong: a line, a reason, and an exit code. */
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';

describe('npm run smoke', () => {
  let broken: Server;
  let url: string;

  beforeAll(async () => {
    broken = createServer((request, response) => {
      const isConfig = request.url === '/config.json';
      response.writeHead(isConfig ? 200 : 503, { 'content-type': 'application/json' });
      response.end(JSON.stringify(isConfig ? config() : problem));
    });
    await new Promise<void>((resolve) => broken.listen(0, '127.0.0.1', resolve));
    url = `http://127.0.0.1:${(broken.address() as AddressInfo).port}`;
  });
  afterAll(() => void broken.close());

  const config = () => ({ apiUrl: url, loginUrl: url, clientId: 'c', redirectUri: `${url}/`, region: 'us' });
  const problem = { type: 'urn:x', code: 'health.unhealthy', title: 'A part is not available.', status: 503 };

  test('[OPS-6] a deployment that is not healthy fails at the first step, with the reason', async () => {
    const { code, output } = await smoke('--url', url);
    expect(output).toMatch(/^FAIL +\d+ ms {2}the deployment is healthy\n +health\.unhealthy: A part/);
    expect(output).toMatch(/0 passed, 1 failed/);
    expect(code).toBe(1);
  });

  test('[OPS-6] without a stack it says how to start one', async () => {
    const { code, output } = await smoke();
    expect(output).toMatch(/^No stack runs on .+ Start one with npm start/);
    expect(code).toBe(1);
  });

  test('[OPS-6] an address where nobody answers is named', async () => {
    const { code, output } = await smoke('--url', 'http://127.0.0.1:9');
    expect(output).toMatch(/^http:\/\/127\.0\.0\.1:9\/config\.json does not answer: /);
    expect(code).toBe(1);
  });

  test('[OPS-6] where everything is can come from a file', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'plinth-smoke-config-'));
    const file = join(folder, 'config.json');
    writeFileSync(file, JSON.stringify(config()));
    const { output } = await smoke('--config', file);
    rmSync(folder, { recursive: true });
    expect(output).toMatch(/health\.unhealthy/);
  });

  test('[OPS-6] an unknown option is refused', async () => {
    const { code, output } = await smoke('--uri', url);
    expect(output).toMatch(/Unknown option '--uri'/);
    expect(code).toBe(1);
  });
});

function smoke(...options: string[]): Promise<{ code: number; output: string }> {
  const { NODE_OPTIONS: _options, ...environment } = process.env;
  const env = { ...environment, PLINTH_STATE: join(tmpdir(), 'plinth-no-such-state') };
  const command = ['--disable-warning=ExperimentalWarning', join(import.meta.dirname, 'main.ts'), ...options];
  return new Promise((resolve) => {
    execFile(process.execPath, command, { env }, (error, stdout, stderr) => {
      resolve({ code: error === null ? 0 : Number(error.code), output: stdout + stderr });
    });
  });
}
