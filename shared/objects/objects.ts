/**
 * Objects in the tenants' bucket: uploaded part by part, read, linked to, removed. Whoever has a key may ask for it;
 * keys are made in one place (`keys.ts`), and a function's role reaches the prefixes of its module alone.
 */
import { createHash } from 'node:crypto';
import { awsClientOptions } from '../config/aws-client.ts';
import type * as Commands from '../config/aws/s3.ts';
import { settings } from '../config/environment.ts';
import type { ObjectKey } from './keys.ts';

/** An object in one of its versions; null where the bucket keeps one only. */
export type StoredObject = { key: ObjectKey; versionId: string | null };

/** How a browser is told of an object. */
export type ObjectFacts = { contentType: string; disposition?: string };

/** A part that the bucket has. */
export type UploadedPart = { number: number; etag: string };

/** Begins an upload; the object does not exist before it is completed. */
export async function beginUpload(
  key: ObjectKey,
  { contentType, disposition }: ObjectFacts,
): Promise<string> {
  const [s3, { CreateMultipartUploadCommand }] = await bucket();
  const { UploadId } = await s3.send(
    new CreateMultipartUploadCommand({
      ...at(key),
      ContentType: contentType,
      ...(disposition === undefined ? {} : { ContentDisposition: disposition }),
      ServerSideEncryption: 'AES256',
      CacheControl: 'private, no-store',
    }),
  );
  if (UploadId === undefined) throw new Error('the upload has no id');
  return UploadId;
}

/**
 * Uploads one part; the same number again replaces it. The bucket compares what arrives with its digest. All parts but
 * the last have to be of 5 MiB at least.
 * @returns the part's tag
 */
export async function uploadPart(
  key: ObjectKey,
  uploadId: string,
  number: number,
  bytes: Buffer,
): Promise<string> {
  const [s3, { UploadPartCommand }] = await bucket();
  const part = { UploadId: uploadId, PartNumber: number, Body: bytes, ContentLength: bytes.length };
  const ContentMD5 = createHash('md5').update(bytes).digest('base64');
  const { ETag } = await s3.send(new UploadPartCommand({ ...at(key), ...part, ContentMD5 }));
  if (ETag === undefined) throw new Error('the part has no tag');
  return ETag;
}

/**
 * Makes the object of its parts. Done before, it is found done.
 * @param bytes of all parts together, by which one that was done before is known again
 * @returns the object's version
 */
export async function completeUpload(
  key: ObjectKey,
  uploadId: string,
  parts: readonly UploadedPart[],
  bytes: number,
): Promise<string | null> {
  const [s3, { CompleteMultipartUploadCommand, HeadObjectCommand }] = await bucket();
  const Parts = parts.map(({ number, etag }) => ({ PartNumber: number, ETag: etag }));
  const complete = new CompleteMultipartUploadCommand({
    ...{ ...at(key), UploadId: uploadId, MultipartUpload: { Parts } },
  });
  try {
    return (await s3.send(complete)).VersionId ?? null;
  } catch (error) {
    if (!isGone(error)) throw error;
    // An earlier attempt completed it, and died before it could say so.
    const found = await s3.send(new HeadObjectCommand(at(key)));
    if (found.ContentLength !== bytes) throw error;
    return found.VersionId ?? null;
  }
}

/** Forgets the parts of an upload. */
export async function abortUpload(key: ObjectKey, uploadId: string): Promise<void> {
  const [s3, { AbortMultipartUploadCommand }] = await bucket();
  const abort = new AbortMultipartUploadCommand({ ...at(key), UploadId: uploadId });
  await s3.send(abort).catch((error: unknown) => {
    if (!isGone(error)) throw error;
  });
}

/**
 * Stores a stream of any length under a key, in parts of this size; the object is there when all of it is, or not at
 * all.
 * @returns the object's version
 */
export async function storeObject(
  key: ObjectKey,
  bytes: AsyncIterable<Buffer>,
  { partBytes, ...facts }: ObjectFacts & { partBytes: number },
): Promise<string | null> {
  const uploadId = await beginUpload(key, facts);
  const parts: UploadedPart[] = [];
  let size = 0;
  try {
    for await (const part of inParts(bytes, partBytes)) {
      const number = parts.length + 1;
      parts.push({ number, etag: await uploadPart(key, uploadId, number, part) });
      size += part.length;
    }
    return await completeUpload(key, uploadId, parts, size);
  } catch (error) {
    // The bucket forgets it by itself after some days; what matters is why it failed.
    await abortUpload(key, uploadId).catch(() => undefined);
    throw error;
  }
}

/** The bytes of an object. */
export async function readObject({ key, versionId }: StoredObject): Promise<AsyncIterable<Uint8Array>> {
  const [s3, { GetObjectCommand }] = await bucket();
  const { Body } = await s3.send(new GetObjectCommand(at(key, versionId)));
  if (Body === undefined) throw new Error('the object has no body');
  return Body as AsyncIterable<Uint8Array>;
}

/** Removes an object, in this version: what is over shall not be kept as an earlier version of nothing. */
export async function removeObject({ key, versionId }: StoredObject): Promise<void> {
  const [s3, { DeleteObjectCommand }] = await bucket();
  await s3.send(new DeleteObjectCommand(at(key, versionId)));
}

/**
 * A link to an object that anybody may use who has it, for so long.
 * @param fileName how a browser calls the file, in ASCII; without it as the object itself says
 */
export async function linkTo(
  { key, versionId }: StoredObject,
  { seconds, fileName }: { seconds: number; fileName?: string },
): Promise<string> {
  const [[s3, { GetObjectCommand }], { getSignedUrl }] = await Promise.all([
    bucket(),
    import('../config/aws/s3-presigner.ts'),
  ]);
  const named =
    fileName === undefined ? {} : { ResponseContentDisposition: `attachment; filename="${fileName}"` };
  const get = new GetObjectCommand({ ...at(key, versionId), ...named });
  return getSignedUrl(s3, get, { expiresIn: seconds });
}

async function* inParts(bytes: AsyncIterable<Buffer>, partBytes: number): AsyncGenerator<Buffer> {
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

function at(Key: ObjectKey, versionId: string | null = null) {
  return { Bucket: settings.filesBucket(), Key, ...(versionId === null ? {} : { VersionId: versionId }) };
}

function isGone(error: unknown): boolean {
  return error instanceof Error && (error.name === 'NoSuchUpload' || error.name === 'NoSuchKey');
}

let made: Promise<[Commands.S3Client, typeof Commands]> | undefined;

function bucket(): Promise<[Commands.S3Client, typeof Commands]> {
  made ??= import('../config/aws/s3.ts').then((commands) => [
    new commands.S3Client({
      ...awsClientOptions(30_000),
      maxAttempts: 4,
      // Parts carry a digest of their own, which every S3 understands.
      requestChecksumCalculation: 'WHEN_REQUIRED',
      responseChecksumValidation: 'WHEN_REQUIRED',
    }),
    commands,
  ]);
  return made;
}
