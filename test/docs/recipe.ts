/** Reads a recipe's code blocks and applies them to a copy of the project, as a reader would. */
import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** A block of a recipe: a whole file, or a change with its surroundings. */
export type Block = { file: string; language: string; text: string };

/** The blocks that stand below a line with nothing but a file name; other blocks are for reading only. */
export function blocksOf(markdown: string): Block[] {
  const blocks: Block[] = [];
  let file: string | undefined;
  const pattern = /^`([\w./-]+)`$|^```(\w+)\n([\s\S]*?)^```$|^\S.*$/gm;
  for (const [, name, language, text] of markdown.matchAll(pattern)) {
    // Anything but a block ends what the file name before it stood for.
    if (language === undefined) file = name;
    else if (file !== undefined) blocks.push({ file, language, text: text ?? '' });
  }
  return blocks;
}

/** Copies the project as git sees it; packages are shared with the original. */
export function copyProject(from: string, to: string): void {
  const listed = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard', '-z'], {
    cwd: from,
    encoding: 'utf8',
  });
  const deleted = execFileSync('git', ['ls-files', '--deleted', '-z'], { cwd: from, encoding: 'utf8' });
  const gone = new Set(deleted.split('\0'));
  for (const file of new Set(listed.split('\0'))) {
    if (file !== '' && !gone.has(file)) cpSync(join(from, file), join(to, file));
  }
  symlinkSync(join(from, 'node_modules'), join(to, 'node_modules'));
}

/**
 * Applies the blocks in order and returns the files that were written.
 * @throws Error naming the file when a change does not fit, or a whole file is there already
 */
export function applyBlocks(blocks: readonly Block[], root: string): string[] {
  const written = blocks.map(({ file, language, text }) => {
    const path = file.replace('NNNN', nextMigration(root));
    if (language === 'diff') applyChange(join(root, path), text);
    else createFile(join(root, path), text);
    return path;
  });
  return [...new Set(written)];
}

function nextMigration(root: string): string {
  const files = readdirSync(join(root, 'shared/db/migrations'));
  return String(files.length + 1).padStart(4, '0');
}

function createFile(path: string, text: string): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text, { flag: 'wx' });
}

function applyChange(path: string, change: string): void {
  const lines = change.split('\n').slice(0, -1);
  const kept = (mark: '+' | '-') =>
    lines
      .filter((line) => line.startsWith(' ') || line.startsWith(mark))
      .map((line) => `${line.slice(1)}\n`)
      .join('');
  const before = readFileSync(path, 'utf8');
  if (before.split(kept('-')).length !== 2) throw new Error(`a change does not fit ${path}:\n${change}`);
  // A function, because a text to insert may contain what replace takes for a reference.
  writeFileSync(
    path,
    before.replace(kept('-'), () => kept('+')),
  );
}
