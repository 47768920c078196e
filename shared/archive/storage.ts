/** Where archives are kept: in the tenants' bucket, below the tenant's own prefix, written part by part as they are made. */
import { createHash } from 'node:crypto';
import type { S3Client } from '@aws-sdk/client-s3';
import { awsClientOptions } from '../config/aws-client.ts';
import { settings } from '../config/environment.ts';
import type { Sink } from './take.ts';

/** Every part but the last has to be as large as 5 MiB; of this size 10,000 parts are 80 GiB. */
const partBytes = 8 * 1024 * 1024;

/** The object of a backup; bare UUIDs. */
export function archiveKeyOf({ tenant, backup }: { tenant: string; backup: string }): string {
  return `tenants/${tenant}/backups/${backup}.plinth-backup`;
}

/** Stores what it is given under a key; the object is there when all of it is, or not at all. */
export function storing(key: string): { sink: Sink; versionId: () => string | null } {
  let version: string | null = null;
  return {
    sink: async (bytes) => {
      version = await upload(key, bytes);
    },
    versionId: () => version,
  };
}

/** The bytes of an object. */
export async function stored(key: string, versionId: string | null): Promise<AsyncIterable<Uint8Array>> {
  const { GetObjectCommand } = await import('../config/aws/s3.ts');
  const { Body } = await (await client()).send(new GetObjectCommand(at(key, versionId)));
  if (Body === undefined) throw new Error('the object has no body');
  return Body as AsyncIterable<Uint8Array>;
}

/** Removes an object, in this version: what is over shall not be kept as an earlier version of nothing. */
export async function removeStored(key: string, versionId: string | null): Promise<void> {
  const { DeleteObjectCommand } = await import('../config/aws/s3.ts');
  await (await client()).send(new DeleteObjectCommand(at(key, versionId)));
}

/** A link to an object that anybody may use who has it, for so long. */
export async function linkToStored(
  key: string,
  versionId: string | null,
  { seconds, fileName }: { seconds: number; fileName: string },
): Promise<string> {
  const [{ GetObjectCommand }, { getSignedUrl }] = await Promise.all([
    import('../config/aws/s3.ts'),
    import('../config/aws/s3-presigner.ts'),
  ]);
  const ResponseContentDisposition = `attachment; filename="${fileName}"`;
  const get = new GetObjectCommand({ ...at(key, versionId), ResponseContentDisposition });
  return getSignedUrl(await client(), get, { expiresIn: seconds });
}

async function upload(key: string, bytes: AsyncIterable<Buffer>): Promise<string | null> {
  const s3 = await client();
  const commands = await import('../config/aws/s3.ts');
  const begun = await s3.send(
    new commands.CreateMultipartUploadCommand({
      ...at(key, null),
      ContentType: 'application/octet-stream',
      ServerSideEncryption: 'AES256',
      CacheControl: 'private, no-store',
    }),
  );
  const part = { ...at(key, null), UploadId: begun.UploadId };
  const Parts: { PartNumber: number; ETag: string | undefined }[] = [];
  try {
    for await (const Body of partsOf(bytes)) {
      const PartNumber = Parts.length + 1;
      const ContentMD5 = createHash('md5').update(Body).digest('base64');
      const { ETag } = await s3.send(
        new commands.UploadPartCommand({
          ...{ ...part, PartNumber, Body, ContentLength: Body.length, ContentMD5 },
        }),
      );
      Parts.push({ PartNumber, ETag });
    }
    const { VersionId } = await s3.send(
      new commands.CompleteMultipartUploadCommand({ ...part, MultipartUpload: { Parts } }),
    );
    return VersionId ?? null;
  } catch (error) {
    // The bucket forgets it by itself after a week; what matters is why it failed.
    await s3.send(new commands.AbortMultipartUploadCommand(part)).catch(() => undefined);
    throw error;
  }
}

async function* partsOf(bytes: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  let waiting: Buffer[] = [];
  let size = 0;
  for await (const chunk of bytes) {
    waiting.push(chunk);
    size += chunk.length;
    if (size < partBytes) continue;
    yield Buffer.concat(waiting, size);
    waiting = [];
    size = 0;
  }
  if (size > 0) yield Buffer.concat(waiting, size);
}

function at(key: string, versionId: string | null) {
  return {
    Bucket: settings.filesBucket(),
    Key: key,
    ...(versionId === null ? {} : { VersionId: versionId }),
  };
}

let made: Promise<S3Client> | undefined;

function client(): Promise<S3Client> {
  made ??= import('../config/aws/s3.ts').then(
    ({ S3Client }) =>
      // Parts carry a digest of their own, which every S3 understands.
      new S3Client({
        ...awsClientOptions(30_000),
        maxAttempts: 4,
        requestChecksumCalculation: 'WHEN_REQUIRED',
        responseChecksumValidation: 'WHEN_REQUIRED',
      }),
  );
  return made;
}
