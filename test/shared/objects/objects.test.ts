/** Objects of tenants on a real bucket, and keys that lead nowhere else. */
import { randomBytes, randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type Queues, startQueues } from '#local/parts/queues/queues.ts';
import { type ObjectKey, tenantObject } from '#shared/objects/keys.ts';
import {
  abortUpload,
  beginUpload,
  completeUpload,
  linkTo,
  readObject,
  removeObject,
  storeObject,
  uploadPart,
} from '#shared/objects/objects.ts';

const mb = 1024 ** 2;
const tenant = randomUUID();
const state = mkdtempSync(join(tmpdir(), 'plinth-objects-'));
let queues: Queues;

beforeAll(async () => {
  queues = await startQueues({ state, region: 'us-east-1', log: () => undefined });
  await queues.ensureBuckets([{ name: 'tenant-files' }]);
  Object.assign(process.env, {
    AWS_REGION: 'us-east-1',
    AWS_ENDPOINT_URL_S3: `http://127.0.0.1:${queues.port}`,
    AWS_ACCESS_KEY_ID: 'test',
    AWS_SECRET_ACCESS_KEY: 'test',
    TENANT_FILES_BUCKET: 'tenant-files',
  });
});
afterAll(async () => {
  await queues.stop();
  rmSync(state, { recursive: true, force: true });
});

const newKey = (): ObjectKey => tenantObject(tenant, 'exports', randomUUID(), 'file.csv');
const facts = { contentType: 'text/csv', disposition: 'attachment; filename="file.csv"' };

async function contentOf(key: ObjectKey): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of await readObject({ key, versionId: null })) chunks.push(chunk);
  return Buffer.concat(chunks);
}

const missing = (key: ObjectKey) => expect(readObject({ key, versionId: null })).rejects.toThrow();

describe('[EXP-1] an upload in parts', () => {
  const parts = [randomBytes(5 * mb), randomBytes(1_000)];
  const bytes = 5 * mb + 1_000;

  async function uploaded(key: ObjectKey) {
    const uploadId = await beginUpload(key, facts);
    const tags = [];
    for (const [index, part] of parts.entries()) {
      tags.push({ number: index + 1, etag: await uploadPart(key, uploadId, index + 1, part) });
    }
    return { uploadId, tags };
  }

  test('is no object before it is completed, and then is its parts in order', async () => {
    const key = newKey();
    const { uploadId, tags } = await uploaded(key);
    await missing(key);
    await completeUpload(key, uploadId, tags, bytes);
    expect((await contentOf(key)).equals(Buffer.concat(parts))).toBe(true);
  });

  test('that was completed by an attempt that died is found completed', async () => {
    const key = newKey();
    const { uploadId, tags } = await uploaded(key);
    await completeUpload(key, uploadId, tags, bytes);
    await expect(completeUpload(key, uploadId, tags, bytes)).resolves.not.toThrow();
  });

  test('is not taken for completed where another object lies', async () => {
    const key = newKey();
    const { uploadId, tags } = await uploaded(key);
    await completeUpload(key, uploadId, tags, bytes);
    await expect(completeUpload(key, uploadId, tags, bytes + 1)).rejects.toThrow('upload');
  });

  test('leaves nothing when it is forgotten, and may be forgotten twice', async () => {
    const key = newKey();
    const { uploadId, tags } = await uploaded(key);
    await abortUpload(key, uploadId);
    await abortUpload(key, uploadId);
    await expect(completeUpload(key, uploadId, tags, bytes)).rejects.toThrow();
    await missing(key);
  });

  test('a part that is sent again replaces the one before', async () => {
    const key = newKey();
    const { uploadId } = await uploaded(key);
    const etag = await uploadPart(key, uploadId, 1, Buffer.from('other'));
    await completeUpload(key, uploadId, [{ number: 1, etag }], 5);
    expect((await contentOf(key)).toString()).toBe('other');
  });
});

describe('[BKP-1] a stream that is stored', () => {
  const chunk = randomBytes(mb);

  test('is one object, however many parts it took', async () => {
    const key = newKey();
    const chunks = async function* () {
      for (let n = 0; n < 11; n += 1) yield await Promise.resolve(chunk);
    };
    await storeObject(key, chunks(), { ...facts, partBytes: 5 * mb });
    expect((await contentOf(key)).equals(Buffer.concat(Array.from({ length: 11 }, () => chunk)))).toBe(true);
  });

  test('that breaks off leaves no object, and says why', async () => {
    const key = newKey();
    const chunks = async function* () {
      for (let n = 0; n < 6; n += 1) yield await Promise.resolve(chunk);
      throw new Error('the source broke');
    };
    await expect(storeObject(key, chunks(), { ...facts, partBytes: 5 * mb })).rejects.toThrow(
      'the source broke',
    );
    await missing(key);
  });
});

describe('[EXP-3] an object that is there', () => {
  const few = async function* () {
    yield await Promise.resolve(Buffer.from('a,b\r\n'));
  };

  test('is fetched by its link alone, called as the link says', async () => {
    const key = newKey();
    await storeObject(key, few(), { ...facts, partBytes: 5 * mb });
    const url = await linkTo({ key, versionId: null }, { seconds: 60, fileName: 'mine.csv' });
    expect(new URL(url).searchParams.get('X-Amz-Expires')).toBe('60');
    const answer = await fetch(url);
    expect([answer.status, await answer.text()]).toEqual([200, 'a,b\r\n']);
    expect(new URL(url).searchParams.get('response-content-disposition')).toBe(
      'attachment; filename="mine.csv"',
    );
  });

  test('is gone when it was removed, and may be removed twice', async () => {
    const key = newKey();
    await storeObject(key, few(), { ...facts, partBytes: 5 * mb });
    await removeObject({ key, versionId: null });
    await removeObject({ key, versionId: null });
    await missing(key);
  });
});

describe('[TEN-5] a key', () => {
  test('lies below its tenant and kind', () => {
    expect(tenantObject(tenant, 'backups', 'a.plinth-backup')).toBe(
      `tenants/${tenant}/backups/a.plinth-backup`,
    );
  });

  test.each(['', 'ten_1', '*', '..', `${tenant}/exports`, tenant.toUpperCase()])(
    'is not made for the tenant "%s"',
    (wrong) => {
      expect(() => tenantObject(wrong, 'exports', 'file.csv')).toThrow('belongs to a tenant');
    },
  );

  test.each(['', '..', '../x', 'a/b', 'a b', '.hidden', 'a\n'])('is not made of the name "%s"', (wrong) => {
    expect(() => tenantObject(tenant, 'exports', 'export', wrong)).toThrow('plain name');
  });
});
