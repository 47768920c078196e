/** Objects of the audit archive. They are written and read; the role of whoever does it may not remove them. */
import { createHash } from 'node:crypto';
import type { S3Client } from '@aws-sdk/client-s3';
import { awsClientOptions } from '../../config/aws-client.ts';
import { settings } from '../../config/environment.ts';

/** Keeps an object, locked by the bucket's own rule; S3 wants a digest with whatever it locks. */
export async function writeObject(key: string, body: Buffer, contentType: string): Promise<void> {
  const { PutObjectCommand } = await import('../../config/aws/s3.ts');
  await (
    await client()
  ).send(
    new PutObjectCommand({
      ...{ Bucket: settings.auditArchiveBucket(), Key: key, Body: body, ContentType: contentType },
      ContentMD5: createHash('md5').update(body).digest('base64'),
      ServerSideEncryption: 'AES256',
    }),
  );
}

/**
 * An object in its newest version, or nothing where there is none. Whoever may not list the bucket is told that an object
 * that is not there is forbidden: that counts as absence where nobody says that it was kept.
 */
export async function readObject(key: string, expected: 'kept' | 'perhaps'): Promise<Buffer | undefined> {
  const { GetObjectCommand } = await import('../../config/aws/s3.ts');
  try {
    const { Body } = await (
      await client()
    ).send(new GetObjectCommand({ Bucket: settings.auditArchiveBucket(), Key: key }));
    if (Body === undefined) throw new Error('the object has no body');
    return Buffer.from(await Body.transformToByteArray());
  } catch (error) {
    if (expected === 'perhaps' && isAbsence(error)) return undefined;
    throw error;
  }
}

function isAbsence(error: unknown): boolean {
  return error instanceof Error && ['NoSuchKey', 'AccessDenied'].includes(error.name);
}

let made: Promise<S3Client> | undefined;

function client(): Promise<S3Client> {
  made ??= import('../../config/aws/s3.ts').then(
    ({ S3Client }) =>
      new S3Client({
        ...awsClientOptions(5_000),
        requestChecksumCalculation: 'WHEN_REQUIRED',
        responseChecksumValidation: 'WHEN_REQUIRED',
      }),
  );
  return made;
}
