/**
 * AWS's signature (version 4) of a POST without a query, as the gate's table is sent them. The SDK's signer is for any
 * request of any service, and took six times as long. A signature that AWS does not take is no answer, and the
 * request then goes through the SDK.
 */
import { createHmac, createSecretKey, hash, type KeyObject } from 'node:crypto';
import type { AwsCredentialIdentity } from '@smithy/types';

/** What is signed: headers in lower case, of which all but the user agent are. */
export type Unsigned = { path: string; headers: Readonly<Record<string, string>>; body: string };

export type SigningScope = { region: string; service: string };

/** The headers of a request, with the signature among them. */
export function signedHeaders(
  { path, headers, body }: Unsigned,
  { region, service }: SigningScope,
  credentials: AwsCredentialIdentity,
  now: Date,
): Record<string, string> {
  const { accessKeyId, secretAccessKey, sessionToken } = credentials;
  // 20261121T134500Z
  const at = `${now.toISOString().slice(0, 19).replaceAll(/[-:]/g, '')}Z`;
  const day = at.slice(0, 8);
  const all: Record<string, string> = {
    ...{ ...headers, 'x-amz-date': at },
    ...(sessionToken === undefined ? {} : { 'x-amz-security-token': sessionToken }),
  };
  const names = Object.keys(all)
    .filter((name) => name !== 'user-agent')
    .sort();
  const lines = names.map((name) => `${name}:${all[name]?.trim()}\n`).join('');
  const signed = names.join(';');
  const canonical = `POST\n${path}\n\n${lines}\n${signed}\n${hash('sha256', body)}`;
  const scope = `${day}/${region}/${service}/aws4_request`;
  const key = keyOf(secretAccessKey, day, { region, service });
  const toSign = `AWS4-HMAC-SHA256\n${at}\n${scope}\n${hash('sha256', canonical)}`;
  const signature = hmac(key, toSign).toString('hex');
  const parts = [`Credential=${accessKeyId}/${scope}`, `SignedHeaders=${signed}`, `Signature=${signature}`];
  all.authorization = `AWS4-HMAC-SHA256 ${parts.join(', ')}`;
  return all;
}

/** The key of a day: the same for each request, until the day or the secret changes. */
let kept: { of: string; key: KeyObject } | undefined;

function keyOf(secret: string, day: string, { region, service }: SigningScope): KeyObject {
  const of = `${secret}\n${day}\n${region}\n${service}`;
  if (kept?.of === of) return kept.key;
  const first = createSecretKey(`AWS4${secret}`, 'utf8');
  const key = [day, region, service, 'aws4_request'].reduce(
    (before, part) => createSecretKey(hmac(before, part)),
    first,
  );
  kept = { of, key };
  return key;
}

/** Bytes that are no key object yet would be made one each time, which costs as much as the rest. */
function hmac(key: KeyObject, text: string): Buffer {
  return createHmac('sha256', key).update(text).digest();
}
