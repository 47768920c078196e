/** Keys outside the database: nobody's can be anybody else's, and only their makers make them. */
import { describe, expect, test } from '@jest/globals';
import { projectSources, sourceFile } from '#test/architecture/source.ts';
import {
  keyMakers,
  storageCases,
  storageUsers,
  strayKeys,
  tryKeys,
  uncovered,
} from '#test/battery/isolation/keys.ts';

const sources = projectSources();
const commands = ['GetItemCommand', 'UpdateItemCommand'];
const options = { pairs: 4_000, seed: 20_261_121 };

describe('[TEN-5] keys of DynamoDB', () => {
  test('every maker of keys has a case', () => {
    expect(keyMakers().length).toBeGreaterThan(1);
    expect(uncovered()).toEqual([]);
  });

  test('a maker without a case is noticed', () => {
    const [said] = uncovered([...keyMakers(), ...keyMakers({ gateKeys: { stranger: () => 'S#' } })]);
    expect(said).toMatch(/^gateKeys\.stranger: add a case to test\/battery\/isolation\/keys\.ts$/);
  });

  test('no two parties share one, whatever their names contain, and a tenant’s key carries its tenant', () => {
    const { tried, complaints } = tryKeys(keyMakers(), options);
    expect(tried).toBeGreaterThan(1_000);
    expect(complaints).toEqual([]);
  });

  test('a maker whose keys meet those of another is noticed', () => {
    const careless = keyMakers().map((maker) =>
      maker.name === 'gateKeys.usage' ? { ...maker, make: keyNamed('gateKeys.tenant') } : maker,
    );
    expect(tryKeys(careless, options).complaints).not.toEqual([]);
  });

  test('a tenant’s key without its tenant is noticed', () => {
    const careless = [{ name: 'gateKeys.tenant', make: () => 'T#everybody' }];
    expect(tryKeys(careless, options).complaints).not.toEqual([]);
  });

  test('nobody but the makers makes any', () => {
    expect(strayKeys(sources, commands)).toEqual([]);
  });

  test.each([
    ['a key that is put together', 'const Key = { pk: { S: `T#${tenant}` } };'],
    ['a key that is a text', "const Key = { 'pk': { S: 'everybody' } };"],
    ['a key of some other function', 'const Key = { pk: { S: keyOf(tenant) } };'],
    ['a command without a key', "new GetItemCommand({ TableName: 'gate' });"],
    ['a text that is called a key', "const key = 'T#1' as GateKey;"],
  ])('%s is noticed', (_what, text) => {
    const file = sourceFile(
      'shared/things/things.ops.ts',
      `import { gateKeys } from '../limits/keys.ts';\n${text}`,
    );
    expect(strayKeys([file], commands)).toHaveLength(1);
  });

  test('a key from its maker is right, in a file that knows what a key is', () => {
    const use = 'new GetItemCommand({ TableName: table, Key: { pk: { S: gateKeys.tenant(id) } } });';
    const file = (text: string) => sourceFile('shared/things/things.ops.ts', text);
    const knowing = file(`import { gateKeys } from '../limits/keys.ts';\n${use}`);
    expect(strayKeys([knowing], commands)).toEqual([]);
    expect(strayKeys([file(use)], commands)).toHaveLength(1);
  });
});

describe('[TEN-5] keys of S3', () => {
  test('whoever uses it is tried with a foreign tenant', () => {
    expect(storageUsers(sources).filter((path) => !(path in storageCases))).toEqual([]);
  });

  test.each(Object.entries(storageCases))('%s keeps each tenant’s to itself', (_path, attempt) => attempt());

  test('a use without a case is noticed', () => {
    const file = sourceFile('shared/files/store.ts', "import { S3Client } from '@aws-sdk/client-s3';");
    expect(storageUsers([file])).toEqual(['shared/files/store.ts']);
  });

  test.each([
    ['another maker of keys', "const key = tenantObject(id, 'exports', name);"],
    ['a text that is called a key', 'const key = `tenants/${id}/exports/x` as ObjectKey;'],
  ])('%s is noticed', (_what, text) => {
    expect(storageUsers([sourceFile('shared/things/things.ops.ts', text)])).toEqual([
      'shared/things/things.ops.ts',
    ]);
  });
});

function keyNamed(name: string): (...values: string[]) => unknown {
  const found = keyMakers().find((maker) => maker.name === name);
  if (found === undefined) throw new Error(`there is no ${name}`);
  return found.make;
}
