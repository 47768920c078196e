/** The rules over imports. Each returns a sentence for every offence, saying what to do instead. */
import { areaOf, floorOf, isDeclaration, isPure, topFloor } from './floors.ts';
import type { SourceFile } from './source.ts';

export type ArchitectureRule = { name: string; check: (files: readonly SourceFile[]) => string[] };

/** Offences of one import, judged by itself. */
function eachImport(
  judge: (from: string, to: string, specifier: string) => string | undefined,
): ArchitectureRule['check'] {
  return (files) =>
    files.flatMap(({ path, imports }) =>
      imports.flatMap(({ target, specifier }) => {
        const advice = judge(path, target ?? '', specifier);
        return advice === undefined ? [] : [`${path} imports ${target ?? specifier}: ${advice}`];
      }),
    );
}

const topOf = (path: string): string => path.split('/')[0] ?? '';
const isInside = (path: string, ...folders: string[]): boolean => folders.includes(topOf(path));

export const floorsRule: ArchitectureRule = {
  name: 'imports go down only',
  check: eachImport((from, to) => {
    const lower = floorOf(from);
    const upper = floorOf(to);
    // Pure files have a rule of their own.
    if (lower === undefined || upper === undefined || isPure(from)) return undefined;
    if (upper > lower) return `${areaOf(to)} stands above ${areaOf(from)}; move what both need down`;
    return undefined;
  }),
};

export const neighboursRule: ArchitectureRule = {
  name: 'capabilities and middleware never import each other’s behaviour',
  check: eachImport((from, to) => {
    const beside = floorOf(from) === topFloor && floorOf(to) === topFloor && areaOf(from) !== areaOf(to);
    if (!beside || isPure(to)) return undefined;
    return 'publish an event or a job, or move what both need into a foundation';
  }),
};

export const pureRule: ArchitectureRule = {
  name: 'pure files import declarations only',
  check: eachImport((from, to, specifier) => {
    if (!isPure(from) || isDeclaration(to) || specifier === 'zod') return undefined;
    return 'contract, events, rows and module files import config, contract, zod and each other only';
  }),
};

export const deploymentRule: ArchitectureRule = {
  name: 'lib, bin, cli and web know declarations only',
  check: eachImport((from, to) => {
    if (!isInside(from, 'lib', 'bin', 'cli', 'web') || !isInside(to, 'shared', 'functions')) return undefined;
    if (isDeclaration(to) || to === 'shared/registry.ts') return undefined;
    // Which role holds what: the RBAC document and the console's menus are made from it.
    if (isInside(from, 'bin', 'web') && to === 'shared/access/roles.ts') return undefined;
    return 'what is deployed is derived from config, contract and the registry, never from behaviour';
  }),
};

export const localRule: ArchitectureRule = {
  name: 'local knows the template only',
  check: eachImport((from, to) => {
    if (!isInside(from, 'local') || !isInside(to, 'lib', 'bin', 'functions', 'shared', 'web'))
      return undefined;
    if (to.startsWith('shared/config/')) return undefined;
    return 'the local runtime reads the synthesized template, and of shared only shared/config';
  }),
};

export const sharedRule: ArchitectureRule = {
  name: 'shared and functions stand by themselves',
  check: eachImport((from, to) => {
    if (!isInside(from, 'shared', 'functions')) return undefined;
    if (to === '' || isInside(to, 'shared')) return undefined;
    // What several modules publish together is put together where every module may be known.
    if (isInside(from, 'functions') && to === 'functions/reports.ts') return undefined;
    return 'what runs in Lambda imports shared and packages only';
  }),
};

export const registryRule: ArchitectureRule = {
  name: 'the registry lists modules, and nobody in shared reads it',
  check: eachImport((from, to) => {
    if (from === 'shared/registry.ts') {
      return /^shared\/[^/]+\/module\.ts$/.test(to) ? undefined : 'the registry imports module.ts files only';
    }
    const reads = to === 'shared/registry.ts' && isInside(from, 'shared', 'functions');
    return reads ? 'take the module as a parameter: a function knows its own module only' : undefined;
  }),
};

export const testRule: ArchitectureRule = {
  name: 'nothing that ships imports tests',
  check: eachImport((from, to) =>
    isInside(to, 'test', 'bench') && !isInside(from, 'test', 'bench')
      ? 'move what is needed out of test'
      : undefined,
  ),
};

/** Packages that one folder alone may import: third parties are reached through one adapter (ARC-3). */
const adapters: Readonly<Record<string, string>> = {
  '@anthropic-ai/sdk': 'shared/ai/providers/',
  openai: 'shared/ai/providers/',
  '@google/genai': 'shared/ai/providers/',
  '@aws-sdk/client-bedrock-runtime': 'shared/ai/providers/',
  '@aws-sdk/client-sesv2': 'shared/mail/',
  '@aws-sdk/client-pinpoint-sms-voice-v2': 'shared/sms/',
  '@aws-sdk/client-socialmessaging': 'shared/whatsapp/',
  stripe: 'shared/billing/',
};

export const adapterRule: ArchitectureRule = {
  name: 'third parties are reached through one adapter',
  check: eachImport((from, _to, specifier) => {
    const found = Object.keys(adapters).find(
      (name) => specifier === name || specifier.startsWith(`${name}/`),
    );
    const home = found === undefined ? undefined : adapters[found];
    if (home === undefined || from.startsWith(home) || isInside(from, 'test')) return undefined;
    return `only ${home} may; call its adapter`;
  }),
};

/** In what ships, types count as well: a circle of types is two files that are one. */
export const cycleRule: ArchitectureRule = {
  name: 'no cycles',
  check: (files) => {
    const byPath = new Map(files.map((file) => [file.path, file]));
    const done = new Set<string>();
    const cycles: string[] = [];
    const visit = (path: string, trail: string[]): void => {
      const at = trail.indexOf(path);
      if (at !== -1)
        cycles.push(`${[...trail.slice(at), path].join(' → ')}: move what both need into a third`);
      if (at !== -1 || done.has(path)) return;
      for (const { target, erased } of byPath.get(path)?.imports ?? []) {
        if (!(erased && isInside(path, 'local', 'test')) && target !== undefined && byPath.has(target))
          visit(target, [...trail, path]);
      }
      done.add(path);
    };
    for (const { path } of files) visit(path, []);
    return cycles;
  },
};

export const missingRule: ArchitectureRule = {
  name: 'an import of the project names a file',
  check: (files) => {
    const paths = new Set(files.map(({ path }) => path));
    return eachImport((from, to) =>
      to !== '' && /\.(ts|js|mjs)$/.test(to) && !paths.has(to) && !from.endsWith('.d.ts')
        ? 'there is no such file'
        : undefined,
    )(files);
  },
};

export const environmentRule: ArchitectureRule = {
  name: 'the environment is read in shared/config only',
  check: (files) =>
    files
      .filter(
        ({ path }) => isInside(path, 'shared', 'functions', 'web') && !path.startsWith('shared/config/'),
      )
      .filter(({ text }) => /\bprocess\s*(\.|\?\.|\[['"])\s*env\b|\benv\b[^;]*from 'node:process'/.test(text))
      .map(({ path }) => `${path} reads the environment: add a section to shared/config/environment.ts`),
};

/** Statements that can be read past the tag, or that the driver is given without it. */
const handmadeSql = [
  // The driver itself; its types tell nothing to a server.
  /^import (?!type\b)[^;]*\bfrom 'pg'/m,
  // The pool's own query takes any text.
  /\bpool(\(\))?\.query\(/i,
  // A text, or what looks like a statement.
  /\.(query|one|maybeOne|last|record)(<[^()]*>)?\(\s*['"`{]/,
];

export const statementRule: ArchitectureRule = {
  name: 'statements are written with the sql tag',
  check: (files) =>
    files
      // The migration runs files of SQL, as the administrator.
      .filter(({ path }) => isInside(path, 'shared', 'functions') && path !== 'functions/deploy/migrate.ts')
      .filter(
        ({ path, text }) => !path.startsWith('shared/db/') && handmadeSql.some((sign) => sign.test(text)),
      )
      .map(({ path }) => `${path} goes past the tag: write sql\`…\` and send it through ctx.tx or shared/db`),
};

export const rules: readonly ArchitectureRule[] = [
  floorsRule,
  neighboursRule,
  pureRule,
  deploymentRule,
  localRule,
  sharedRule,
  registryRule,
  testRule,
  adapterRule,
  cycleRule,
  missingRule,
  environmentRule,
  statementRule,
];
