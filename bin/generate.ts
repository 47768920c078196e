/**
 * Writes docs/generated from what it describes (GOV-1): contracts, roles, citations, templates; and the types of the
 * console's client. Run `npm run generate` after changing any of these; a test fails while a file is stale.
 */
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { openApiDocument } from '#shared/contract/openapi.ts';
import { registry } from '#shared/registry.ts';
import { costMarkdown } from './cost.ts';
import { clientTypes } from './documents/client-types.ts';
import { projectCitations, root } from './documents/citations.ts';
import { rbacMarkdown } from './documents/rbac.ts';
import { traceabilityJson, traceabilityMarkdown } from './documents/traceability.ts';

/** Folder that the generated files stand in. */
export const generatedFolder = join(root, 'docs', 'generated');

/** The one generated file that stands elsewhere: what the console knows of the API. */
export const clientTypesFile = join(root, 'web', 'src', 'api', 'schema.d.ts');

/** Every generated file by name, as it should be now. */
export async function generatedFiles(): Promise<Record<string, string>> {
  const modules = Object.values(registry);
  const citations = projectCitations();
  return {
    'cost.md': await costMarkdown(),
    'openapi.json': `${JSON.stringify(openApiDocument(modules, 'v1'), null, 2)}\n`,
    'rbac.md': rbacMarkdown(modules),
    'traceability.md': traceabilityMarkdown(citations),
    'traceability.json': traceabilityJson(citations),
  };
}

/** What in a folder is not as it should be, one sentence each, with what to do. */
export function staleFiles(files: Readonly<Record<string, string>>, folder: string): string[] {
  const found = existsSync(folder) ? readdirSync(folder) : [];
  const stale = Object.entries(files)
    .filter(([name, text]) => !found.includes(name) || readFileSync(join(folder, name), 'utf8') !== text)
    .map(([name]) => `docs/generated/${name} is stale: run npm run generate and commit what it writes.`);
  const strangers = found
    .filter((name) => !Object.hasOwn(files, name))
    .map((name) => `docs/generated/${name} is not generated: remove it, or move it out of docs/generated.`);
  return [...stale, ...strangers];
}

if (import.meta.main) {
  mkdirSync(generatedFolder, { recursive: true });
  const files = await generatedFiles();
  writeFileSync(clientTypesFile, await clientTypes(files['openapi.json'] ?? ''));
  console.log('web/src/api/schema.d.ts');
  for (const [name, text] of Object.entries(files)) {
    writeFileSync(join(generatedFolder, name), text);
    console.log(`docs/generated/${name}`);
  }
  for (const name of readdirSync(generatedFolder)) {
    if (!Object.hasOwn(files, name)) rmSync(join(generatedFolder, name));
  }
}
