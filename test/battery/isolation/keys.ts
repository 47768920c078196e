/**
 * Keys outside the database. DynamoDB: every maker of keys, with everybody's values and hostile ones, and nobody
 * else who makes any. S3: whoever would use it needs a case here first.
 */
import fc, { type Arbitrary } from 'fast-check';
import ts from 'typescript';
import { headKeyOf, segmentKeyOf } from '#shared/audit/chain/archive.ts';
import { archiveKeyOf } from '#shared/archive/storage.ts';
import { fileNameOf, objectKey } from '#shared/exports/file-name.ts';
import * as makers from '#shared/limits/keys.ts';
import { tenantObject } from '#shared/objects/keys.ts';
import { idPrefixes, type IdKind } from '#shared/contract/ids.ts';
import type { SourceFile } from '#test/architecture/source.ts';

/** The file that makes keys. */
export const home = 'shared/limits/keys.ts';

/** A maker that is exported from there; its name is a path, `gateKeys.tenant`. */
export type KeyMaker = { name: string; make: (...values: string[]) => unknown };

/** How a maker is tried. `tenant` says which of its values is the tenant. */
type KeyCase = { values: Arbitrary<string[]>; tenant?: number; same?: (value: string) => string };

/** Every maker that is exported, found at run time so that a new one cannot hide. */
export function keyMakers(exported: object = makers, path: string[] = []): KeyMaker[] {
  return Object.entries(exported).flatMap(([key, value]: [string, unknown]) => {
    const name = [...path, key];
    if (typeof value === 'function') return [{ name: name.join('.'), make: value as KeyMaker['make'] }];
    return typeof value === 'object' && value !== null ? keyMakers(value, name) : [];
  });
}

/** Makers without a case, and cases without a maker. */
export function uncovered(found: readonly KeyMaker[] = keyMakers()): string[] {
  const names = found.map(({ name }) => name);
  return [
    ...names
      .filter((name) => !(name in cases))
      .map((name) => `${name}: add a case to ${import.meta.filename.split('/').slice(-4).join('/')}`),
    ...Object.keys(cases)
      .filter((name) => !names.includes(name))
      .map((name) => `${name}: there is no such maker`),
  ];
}

/**
 * Makes so many pairs of keys for different parties and looks for two that are the same, and for a tenant's key
 * that does not carry its tenant.
 */
export function tryKeys(
  found: readonly KeyMaker[],
  { pairs, seed }: { pairs: number; seed: number },
): { tried: number; complaints: string[] } {
  const complaints: string[] = [];
  const known = found.filter(({ name }) => name in cases);
  if (known.length === 0) return { tried: 0, complaints: ['there is no maker of keys'] };
  const party = fc
    .constantFrom(...known)
    .chain((maker) => caseOf(maker).values.map((values) => ({ maker, values })));
  const owners = new Map<string, string>();
  for (const [one, other] of fc.sample(fc.tuple(party, party), { numRuns: pairs, seed })) {
    for (const { maker, values } of [one, other]) {
      const { tenant, same = (value: string) => value } = caseOf(maker);
      const key = String(maker.make(...values));
      const owner = `${maker.name}(${JSON.stringify(values.map(same))})`;
      const before = owners.get(key);
      if (before !== undefined && before !== owner) complaints.push(`${key} is of ${before} and of ${owner}`);
      owners.set(key, owner);
      if (tenant === undefined) continue;
      const id = values[tenant] ?? '';
      if (!key.includes(id.slice(id.indexOf('_') + 1)))
        complaints.push(`${key} does not carry its tenant: ${owner}`);
    }
  }
  return { tried: owners.size, complaints };
}

/** Who builds a partition key, or asks DynamoDB for something, without a key from its maker. */
export function strayKeys(files: readonly SourceFile[], commands: readonly string[]): string[] {
  return files
    .filter(({ path }) => /^(shared|functions)\//.test(path) && path !== home)
    .flatMap((file) => [...strayIn(file, commands)].map((what) => `${file.path}: ${what}`));
}

/** Files of what ships that use S3 or make keys for it; each is one that a foreign tenant must be tried on. */
export function storageUsers(files: readonly SourceFile[]): string[] {
  return (
    files
      // The configuration only says what is used of the client.
      .filter(({ path }) => /^(shared|functions)\//.test(path) && !path.startsWith('shared/config/aws/'))
      .filter(({ imports }) =>
        imports.some(({ specifier }) =>
          /^@aws-sdk\/(client-s3|lib-storage|s3-)|\/aws\/s3[\w-]*\.ts$/.test(specifier),
        ),
      )
      .concat(files.filter(makesObjectKeys))
      .map(({ path }) => path)
  );
}

/** Whether a file makes keys of objects, or calls a text one. */
function makesObjectKeys({ path, text: source }: SourceFile): boolean {
  return (
    /^(shared|functions)\//.test(path) &&
    path !== 'shared/objects/keys.ts' &&
    /\btenantObject\(|\bas ObjectKey\b/.test(source)
  );
}

/** Access patterns of S3 that a foreign tenant is tried on, by file. */
export const storageCases: Readonly<Record<string, () => Promise<void>>> = {
  // It takes keys of the one maker: whatever that is given, they lie below the tenant, or there is none.
  'shared/objects/objects.ts': async () =>
    fc.assert(
      fc.property(
        fc.oneof(
          uuids,
          text.map(([value = '']) => value),
        ),
        fc.array(fc.oneof(fc.constantFrom('..', '.', '', '../other', 'a/b', 'file.csv'), few), {
          minLength: 1,
        }),
        (tenant, [first = '', ...rest]) => {
          const key = keyOrNone(() => tenantObject(tenant, 'exports', first, ...rest));
          if (key === undefined) return true;
          const [root, whose, kind, ...names] = key.split('/');
          const isPlain = names.every((name) => name !== '' && name !== '.' && name !== '..');
          return (
            [root, whose, kind].join() === ['tenants', tenant, 'exports'].join() &&
            /^[0-9a-f-]{36}$/.test(tenant) &&
            isPlain &&
            names.length === rest.length + 1
          );
        },
      ),
      { numRuns: 1_000 },
    ),
  // The keys of exports, whatever a tenant or its files are called.
  'shared/exports/file-name.ts': async () =>
    fc.assert(
      fc.property(uuids, uuids, fc.string({ unit: 'binary' }), (tenant, id, name) => {
        const file_name = fileNameOf(name, 'audit.events', new Date(0), 'csv');
        const [root, whose, kind, which, file = '', ...deeper] = objectKey({
          tenant_id: tenant,
          id,
          file_name,
        }).split('/');
        return (
          [root, whose, kind, which].join() === ['tenants', tenant, 'exports', id].join() &&
          /^\w[\w.-]*$/.test(file) &&
          deeper.length === 0
        );
      }),
      { numRuns: 1_000 },
    ),
  // Keys that are made of ids alone.
  'shared/archive/storage.ts': async () =>
    fc.assert(
      fc.property(
        uuids,
        uuids,
        (tenant, backup) =>
          archiveKeyOf({ tenant, backup }) === `tenants/${tenant}/backups/${backup}.plinth-backup`,
      ),
      { numRuns: 1_000 },
    ),
  // As these are; no two links of a tenant share one.
  'shared/audit/chain/objects.ts': async () =>
    fc.assert(
      fc.property(uuids, fc.nat(), fc.nat(), (tenant, first, more) => {
        const key = segmentKeyOf(tenant, first, first + more);
        const [, from = '', to = ''] = /^audit\/[^/]+\/(\d{12,})-(\d{12,})\.jsonl\.gz$/.exec(key) ?? [];
        return (
          key.startsWith(`audit/${tenant}/`) &&
          [Number(from), Number(to)].join() === [first, first + more].join() &&
          headKeyOf(tenant) === `audit/${tenant}/head.json`
        );
      }),
      { numRuns: 1_000 },
    ),
};

function keyOrNone(make: () => string): string | undefined {
  try {
    return make();
  } catch (error) {
    if (error instanceof TypeError) return undefined;
    throw error;
  }
}

const separators = ['#', '_', '#T#', ':', '/', '|', '\u0000', ' ', '%23', 'ten_', 'T#', 'undefined', ''];
const uuids = fc.uuid({ version: 4 });
// A few people and tenants only, so that they meet; and names that look like somebody else's key.
const few = fc
  .integer({ min: 0, max: 40 })
  .map((n) => `0192f1c8-7d2e-7c3a-9b1f-${String(n).padStart(12, '0')}`);
const hostile = fc
  .array(fc.oneof(fc.constantFrom(...separators), few, fc.string({ maxLength: 6 })), { maxLength: 5 })
  .map((parts) => parts.join(''));
const texts = fc.oneof(uuids, few, hostile);
const idOf = (kind: IdKind): Arbitrary<string[]> => texts.map((bare) => [`${idPrefixes[kind]}_${bare}`]);
const text: Arbitrary<string[]> = texts.map((value) => [value]);

const cases: Readonly<Record<string, KeyCase>> = {
  'gateKeys.user': { values: idOf('user') },
  'gateKeys.apiKey': { values: idOf('apiKey') },
  'gateKeys.tenant': { values: idOf('tenant'), tenant: 0 },
  'gateKeys.usage': { values: idOf('tenant'), tenant: 0 },
  'gateKeys.budget': { values: idOf('tenant'), tenant: 0 },
  'gateKeys.recipient': {
    values: fc.tuple(idOf('tenant'), text).map((values) => values.flat()),
    tenant: 0,
  },
  'gateKeys.codeRecipient': { values: text },
  'gateKeys.codes': { values: idOf('user') },
  'gateKeys.family': { values: idOf('session') },
  // A name is the same however it is written.
  'gateKeys.signIn': { values: text, same: (value) => value.toLowerCase() },
  'gateKeys.address': { values: text },
  'gateKeys.platform': { values: fc.constant([]) },
  'gateKeys.failover': { values: fc.constant([]) },
  'gateKeys.health': { values: fc.constant([]) },
};

function caseOf({ name }: KeyMaker): KeyCase {
  const found = cases[name];
  if (found === undefined) throw new Error(`there is no case for ${name}`);
  return found;
}

function strayIn({ path, text: source, imports }: SourceFile, commands: readonly string[]): Set<string> {
  const found = new Set<string>();
  const importsMaker = imports.some(({ target }) => target === home);
  const visit = (node: ts.Node): void => {
    if (isNamed(node, 'pk')) {
      const value = stringOf(node.initializer);
      if (value === undefined || !isReference(value)) found.add(`pk is built here: ${node.getText()}`);
      else if (!importsMaker) found.add(`pk is no GateKey: ${node.getText()}`);
    }
    if (ts.isNewExpression(node) && commands.includes(node.expression.getText()) && !hasKey(node)) {
      found.add(`a command without a key: ${node.getText().slice(0, 80)}`);
    }
    if (ts.isAsExpression(node) && /\bGateKey\b/.test(node.type.getText()))
      found.add('makes a GateKey of something');
    ts.forEachChild(node, visit);
  };
  visit(ts.createSourceFile(path, source, ts.ScriptTarget.Latest, true));
  return found;
}

/** The argument itself has a key, or is something that was made with one elsewhere. */
function hasKey({ arguments: given }: ts.NewExpression): boolean {
  const input = given?.[0];
  if (input === undefined || !ts.isObjectLiteralExpression(input)) return input !== undefined;
  return /\bpk\b|\.\.\.|\bKey\b/.test(input.getText());
}

function isNamed(node: ts.Node, name: string): node is ts.PropertyAssignment {
  return ts.isPropertyAssignment(node) && node.name.getText().replace(/['"`]/g, '') === name;
}

/** What stands in `{ S: … }`. */
function stringOf(node: ts.Expression): ts.Expression | undefined {
  if (!ts.isObjectLiteralExpression(node)) return undefined;
  return node.properties.find((property) => isNamed(property, 'S'))?.initializer;
}

/** A name, a member, or a call of a maker: nothing that is put together on the spot. */
function isReference(node: ts.Expression): boolean {
  if (ts.isCallExpression(node)) return /^gateKeys\.\w+$/.test(node.expression.getText());
  return ts.isIdentifier(node) || (ts.isPropertyAccessExpression(node) && isReference(node.expression));
}
