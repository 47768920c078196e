/** The object of an export in the tenants' bucket: uploaded part by part, linked to, removed. */
import { createHash } from 'node:crypto';
import type { S3Client } from '@aws-sdk/client-s3';
import { awsClientOptions } from '../config/aws-client.ts';
import { settings } from '../config/environment.ts';

/** A part that the bucket has. */
export type UploadedPart = { number: number; etag: string };

/** Begins an upload; the object does not exist before it is completed. */
export async function beginUpload(key: string, contentType: string, disposition: string): Promise<string> {
  const { CreateMultipartUploadCommand } = await import('../config/aws/s3.ts');
  const { UploadId } = await (
    await client()
  ).send(
    new CreateMultipartUploadCommand({
      ...at(key),
      ContentType: contentType,
      ContentDisposition: disposition,
      ServerSideEncryption: 'AES256',
      CacheControl: 'private, no-store',
    }),
  );
  if (UploadId === undefined) throw new Error('the upload has no id');
  return UploadId;
}

/** Uploads one part; the same again replaces it. The bucket compares what arrives with its digest. */
export async function uploadPart(
  key: string,
  uploadId: string,
  number: number,
  bytes: Buffer,
): Promise<string> {
  const { UploadPartCommand } = await import('../config/aws/s3.ts');
  const part = { UploadId: uploadId, PartNumber: number, Body: bytes, ContentLength: bytes.length };
  const ContentMD5 = createHash('md5').update(bytes).digest('base64');
  const { ETag } = await (await client()).send(new UploadPartCommand({ ...at(key), ...part, ContentMD5 }));
  if (ETag === undefined) throw new Error('the part has no tag');
  return ETag;
}

/**
 * Makes the object of its parts. Done before, it is found done.
 * @returns the object's version, where the bucket keeps several
 */
export async function completeUpload(
  key: string,
  uploadId: string,
  parts: readonly UploadedPart[],
  bytes: number,
): Promise<string | undefined> {
  const { CompleteMultipartUploadCommand, HeadObjectCommand } = await import('../config/aws/s3.ts');
  const Parts = parts.map(({ number, etag }) => ({ PartNumber: number, ETag: etag }));
  const s3 = await client();
  const complete = new CompleteMultipartUploadCommand({
    ...{ ...at(key), UploadId: uploadId, MultipartUpload: { Parts } },
  });
  try {
    return (await s3.send(complete)).VersionId;
  } catch (error) {
    if (!isGone(error)) throw error;
    // An earlier attempt completed it, and died before it could say so.
    const found = await s3.send(new HeadObjectCommand(at(key)));
    if (found.ContentLength !== bytes) throw error;
    return found.VersionId;
  }
}

/** Forgets the parts of an upload. */
export async function abortUpload(key: string, uploadId: string): Promise<void> {
  const { AbortMultipartUploadCommand } = await import('../config/aws/s3.ts');
  const abort = new AbortMultipartUploadCommand({ ...at(key), UploadId: uploadId });
  await (await client()).send(abort).catch((error: unknown) => {
    if (!isGone(error)) throw error;
  });
}

/** Removes the object, in this version: what is over shall not be kept as an earlier version of nothing. */
export async function removeObject(key: string, versionId: string | null): Promise<void> {
  const { DeleteObjectCommand } = await import('../config/aws/s3.ts');
  const version = versionId === null ? {} : { VersionId: versionId };
  await (await client()).send(new DeleteObjectCommand({ ...at(key), ...version }));
}

/** A link to the object that anybody may use who has it, for so long. */
export async function linkTo(key: string, versionId: string | null, seconds: number): Promise<string> {
  const [{ GetObjectCommand }, { getSignedUrl }] = await Promise.all([
    import('../config/aws/s3.ts'),
    import('../config/aws/s3-presigner.ts'),
  ]);
  const version = versionId === null ? {} : { VersionId: versionId };
  const get = new GetObjectCommand({ ...at(key), ...version });
  return getSignedUrl(await client(), get, { expiresIn: seconds });
}

function at(key: string) {
  return { Bucket: settings.filesBucket(), Key: key };
}

function isGone(error: unknown): boolean {
  return error instanceof Error && (error.name === 'NoSuchUpload' || error.name === 'NoSuchKey');
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
      }),
  );
  return made;
}
