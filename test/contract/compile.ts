/** Type-checks snippets against the project's own configuration, all in one program. */
import { join } from 'node:path';
import ts from 'typescript';
import { root } from '#test/architecture/source.ts';

/** Lines of a snippet (from 1) with what the compiler says of them. */
export type Complaint = { line: number; message: string };

/** The complaints about each snippet, by name. */
export function complaintsOf(snippets: Readonly<Record<string, string>>): Record<string, Complaint[]> {
  const texts = new Map(Object.entries(snippets).map(([name, text]) => [pathOf(name), text]));
  const options = projectOptions();
  const host = ts.createCompilerHost(options);
  const withSnippets: ts.CompilerHost = {
    ...host,
    fileExists: (path) => texts.has(path) || host.fileExists(path),
    readFile: (path) => texts.get(path) ?? host.readFile(path),
    getSourceFile: (path, target, ...rest) => {
      const text = texts.get(path);
      return text === undefined
        ? host.getSourceFile(path, target, ...rest)
        : ts.createSourceFile(path, text, target, true);
    },
  };
  const program = ts.createProgram([...texts.keys()], options, withSnippets);
  return Object.fromEntries(
    Object.keys(snippets).map((name) => {
      const file = program.getSourceFile(pathOf(name));
      const diagnostics = [...program.getSyntacticDiagnostics(file), ...program.getSemanticDiagnostics(file)];
      return [name, diagnostics.map(complaint)];
    }),
  );
}

function projectOptions(): ts.CompilerOptions {
  const path = join(root, 'tsconfig.json');
  const { config } = ts.readConfigFile(path, (file) => ts.sys.readFile(file)) as { config: unknown };
  const { options } = ts.parseJsonConfigFileContent(config, { ...ts.sys, readDirectory: () => [] }, root);
  return { ...options, noUnusedLocals: false, noUnusedParameters: false };
}

function pathOf(name: string): string {
  return join(root, 'test', 'contract', `${name}.snippet.ts`);
}

function complaint({ file, start, messageText }: ts.Diagnostic): Complaint {
  const message = ts.flattenDiagnosticMessageText(messageText, '\n');
  if (file === undefined || start === undefined) return { line: 0, message };
  return { line: file.getLineAndCharacterOfPosition(start).line + 1, message };
}
