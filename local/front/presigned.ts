/**
 * Presigned S3 URLs, checked as S3 checks them: they expire, and whoever changes the key, a parameter or a signed
 * header holds a URL that is worth nothing. Everybody's secret is the same on a laptop, so this protects nobody; it
 * makes a faulty URL fail here and not first in production.
 */
import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { AwsError } from '../parts/contract.ts';
import type { S3Target } from './needs/s3.ts';

/** The secret access key of every function of the local stack. */
export const LOCAL_SECRET = 'local';

/** Throws what S3 answers to a URL that has expired or does not carry its own signature. */
export function checkPresigned(request: IncomingMessage, target: S3Target): void {
  if (hasExpired(target)) throw new AwsError('AccessDenied', 'Request has expired', 403);
  const given = Buffer.from(target.query.get('X-Amz-Signature') ?? '');
  const expected = Buffer.from(signature(request, target));
  if (given.length === expected.length && timingSafeEqual(given, expected)) return;
  throw new AwsError(
    'SignatureDoesNotMatch',
    'The request signature we calculated does not match the signature you provided. ' +
      `Signed headers: ${target.query.get('X-Amz-SignedHeaders')}`,
    403,
  );
}

function hasExpired(target: S3Target): boolean {
  const at = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(target.query.get('X-Amz-Date') ?? '');
  if (at === null) return true;
  const [, year, month, day, hour, minute, second] = at.map(Number);
  const signedAt = Date.UTC(year ?? 0, (month ?? 1) - 1, day, hour, minute, second);
  return Date.now() > signedAt + Number(target.query.get('X-Amz-Expires')) * 1000;
}

/** AWS Signature Version 4 over the query string, with S3's path rule: encoded once, never normalised. */
function signature(request: IncomingMessage, target: S3Target): string {
  const { path, query } = target;
  const signedHeaders = (query.get('X-Amz-SignedHeaders') ?? 'host').split(';');
  const parameters = [...query]
    .filter(([name]) => name !== 'X-Amz-Signature')
    .map(([name, value]) => `${encode(name)}=${encode(value)}`)
    .sort();
  const canonical = [
    request.method,
    decodeURIComponent(path).split('/').map(encode).join('/'),
    parameters.join('&'),
    ...signedHeaders.map(
      (name) =>
        `${name}:${String(request.headers[name] ?? '')
          .trim()
          .replace(/ +/g, ' ')}`,
    ),
    '',
    signedHeaders.join(';'),
    query.get('X-Amz-Content-Sha256') ?? request.headers['x-amz-content-sha256'] ?? 'UNSIGNED-PAYLOAD',
  ].join('\n');

  const [, day = '', region = '', service = ''] = (query.get('X-Amz-Credential') ?? '').split('/');
  const key = [day, region, service, 'aws4_request'].reduce<string | Buffer>(
    (secret, part) => hmac(secret, part),
    `AWS4${LOCAL_SECRET}`,
  );
  const scope = `${day}/${region}/${service}/aws4_request`;
  const hash = createHash('sha256').update(canonical).digest('hex');
  return hmac(key, ['AWS4-HMAC-SHA256', query.get('X-Amz-Date'), scope, hash].join('\n')).toString('hex');
}

function hmac(key: string | Buffer, text: string): Buffer {
  return createHmac('sha256', key).update(text).digest();
}

/** RFC 3986: unlike encodeURIComponent, also `!'()*`. */
function encode(value: string): string {
  return encodeURIComponent(value).replace(
    /[!'()*]/g,
    (mark) => `%${mark.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}
