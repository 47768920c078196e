/**
 * Writes docs/generated from the registry. `node bin/generate.ts` after changing a contract; a test fails
 * while a file is stale.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { openApiDocument } from '#shared/contract/openapi.ts';
import { registry } from '#shared/registry.ts';

/** Folder that the generated files stand in. */
export const generatedFolder = new URL('../docs/generated/', import.meta.url);

/** Every generated file by name, as it should be now. */
export function generatedFiles(): Record<string, string> {
  return {
    'openapi.json': `${JSON.stringify(openApiDocument(Object.values(registry), 'v1'), null, 2)}\n`,
  };
}

if (import.meta.main) {
  mkdirSync(generatedFolder, { recursive: true });
  for (const [name, text] of Object.entries(generatedFiles())) {
    writeFileSync(new URL(name, generatedFolder), text);
    console.log(`docs/generated/${name}`);
  }
}
