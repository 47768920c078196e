/** The project's files and what each imports, read from disk or given by a test. */
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path/posix';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';

/** An import: of a file of the project (`target`, its path), or of a package. Types are erased. */
export type Import = { specifier: string; target: string | undefined; erased: boolean };

export type SourceFile = { path: string; text: string; imports: Import[] };

/** The root folder of the project. */
export const root = fileURLToPath(new URL('../../', import.meta.url));

const skipped = new Set(['node_modules', '.git', 'build', 'cdk.out', '.plinth', 'coverage']);
const code = /\.(ts|tsx|js|mjs)$/;

/** Paths of all files below the root that are the project's own. */
export function projectFiles(folder = ''): string[] {
  return readdirSync(join(root, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (skipped.has(entry.name) || entry.name.startsWith('.plinth')) return [];
    if (entry.isDirectory()) return projectFiles(path);
    return entry.isFile() ? [path] : [];
  });
}

/** Whether a file is code. */
export function isCode(path: string): boolean {
  return code.test(path);
}

/** The text of a file of the project. */
export function textOf(path: string): string {
  return readFileSync(join(root, path), 'utf8');
}

/** All code of the project. */
export function projectSources(): SourceFile[] {
  return projectFiles()
    .filter(isCode)
    .map((path) => sourceFile(path, textOf(path)));
}

/** A file with its imports; type imports and dynamic ones count like any other. */
export function sourceFile(path: string, text: string): SourceFile {
  const { importedFiles } = ts.preProcessFile(text, true, true);
  const imports = importedFiles.map(({ fileName, pos }) => ({
    specifier: fileName,
    target: targetOf(path, fileName),
    erased: isErased(text.slice(0, pos)),
  }));
  return { path, text, imports };
}

function isErased(before: string): boolean {
  const statement = before.slice(Math.max(before.lastIndexOf('import'), before.lastIndexOf('export')));
  return /^(import|export)\s+type\s/.test(statement);
}

function targetOf(path: string, specifier: string): string | undefined {
  if (specifier.startsWith('#')) return specifier.slice(1);
  if (specifier.startsWith('.')) return normalize(join(dirname(path), specifier));
  return undefined;
}
