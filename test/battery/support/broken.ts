/**
 * Deployments that are broken on purpose: the bundle of a function with one protection taken out. A battery that
 * does not find each of them would not find the mistake either.
 */
import { cp, mkdtemp, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { BatterySite } from './site.ts';

/** What is taken out of the function that serves a module. */
export type Breakage = { name: string; module: string; kind?: 'http' | 'stream'; from: RegExp; to: string };

/**
 * Does some work while a function runs broken code.
 * @throws Error when the breakage changes nothing: the code no longer looks like that
 */
export async function whileBroken<T>(
  site: BatterySite,
  breakage: Breakage,
  work: () => Promise<T>,
): Promise<T> {
  const intact = site.functionOf(breakage.module, breakage.kind);
  const codeFolder = await brokenCopy(site.state, intact.codeFolder, breakage);
  const run = (folder: string) =>
    site.change((one) => (one.name === intact.name ? { ...one, codeFolder: folder } : one));
  await run(codeFolder);
  try {
    return await work();
  } finally {
    await run(intact.codeFolder);
  }
}

async function brokenCopy(state: string, original: string, { name, from, to }: Breakage): Promise<string> {
  const folder = await mkdtemp(join(state, 'broken-'));
  await cp(original, folder, { recursive: true });
  const files = (await readdir(folder)).filter((file) => file.endsWith('.mjs'));
  const changed = await Promise.all(
    files.map(async (file) => {
      const code = await readFile(join(folder, file), 'utf8');
      const broken = code.replace(from, to);
      if (broken !== code) await writeFile(join(folder, file), broken);
      return broken !== code;
    }),
  );
  if (!changed.includes(true))
    throw new Error(`"${name}" changes nothing: ${String(from)} is not in the bundle any more`);
  return folder;
}
