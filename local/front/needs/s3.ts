/** The S3 REST interface, path style: which operation a request is, and what it needs. */
import type { Need } from './need.ts';

export type S3Call = {
  operation: string;
  bucket: string;
  key: string;
  needs: Need[];
  /** The operation names objects in its body, which must be read before it can be judged. */
  judgedByBody?: boolean;
};

/** Path as it was sent, and query. */
export type S3Target = { path: string; query: URLSearchParams };

type Headers = Record<string, string | string[] | undefined>;

/** Sub-resources that the local S3 does not have; it would take `?tagging` for the object itself. */
const MISSING_SUBRESOURCES = [
  'accelerate',
  'acl',
  'analytics',
  'cors',
  'encryption',
  'intelligent-tiering',
  'inventory',
  'legal-hold',
  'logging',
  'metrics',
  'notification',
  'object-lock',
  'ownershipControls',
  'policy',
  'policyStatus',
  'publicAccessBlock',
  'replication',
  'requestPayment',
  'restore',
  'retention',
  'select',
  'tagging',
  'torrent',
  'versionId',
  'versioning',
  'versions',
  'website',
  'location',
];

/** Recognises a request; throws what to answer with 501 when the local S3 does not implement it. */
export function s3Call(
  method: string,
  { path, query }: S3Target,
  headers: Headers,
): S3Call | { missing: string } {
  const [, bucketPart = '', ...keyParts] = path.split('/');
  const bucket = decodeURIComponent(bucketPart);
  const key = decodeURIComponent(keyParts.join('/'));
  const missing = MISSING_SUBRESOURCES.find((name) => query.has(name));
  if (missing !== undefined) return { missing: `${method} ?${missing}` };

  const onBucket = `arn:aws:s3:::${bucket}`;
  const call = (operation: string, action: string, more: Need[] = []): S3Call => ({
    operation,
    bucket,
    key,
    needs: [
      { action: `s3:${action}`, resource: key === '' ? onBucket : `${onBucket}/${key}`, ...context(query) },
      ...more,
    ],
  });
  if (bucket === '') {
    if (method !== 'GET') return { missing: `${method} /` };
    return {
      operation: 'ListBuckets',
      bucket,
      key,
      needs: [{ action: 's3:ListAllMyBuckets', resource: '*' }],
    };
  }
  return key === ''
    ? bucketCall(method, query, call, headers)
    : objectCall(method, query, call, copySource(headers['x-amz-copy-source']));
}

type MakeCall = (operation: string, action: string, more?: Need[]) => S3Call;

function bucketCall(
  method: string,
  query: URLSearchParams,
  call: MakeCall,
  headers: Headers,
): S3Call | { missing: string } {
  const lifecycle = query.has('lifecycle');
  if (method === 'HEAD') return call('HeadBucket', 'ListBucket');
  if (method === 'PUT')
    return lifecycle
      ? call('PutBucketLifecycle', 'PutLifecycleConfiguration')
      : call('CreateBucket', 'CreateBucket');
  if (method === 'DELETE')
    return lifecycle
      ? call('DeleteBucketLifecycle', 'PutLifecycleConfiguration')
      : call('DeleteBucket', 'DeleteBucket');
  if (method === 'GET') {
    if (lifecycle) return call('GetBucketLifecycle', 'GetLifecycleConfiguration');
    if (query.has('uploads')) return { missing: 'ListMultipartUploads' };
    return call('ListObjects', 'ListBucket');
  }
  if (method === 'POST' && query.has('delete'))
    return { ...call('DeleteObjects', 'DeleteObject'), needs: [], judgedByBody: true };
  if (method === 'POST' && String(headers['content-type']).startsWith('multipart/form-data'))
    return { missing: 'PostObject' };
  return { missing: `${method} on a bucket` };
}

function objectCall(
  method: string,
  query: URLSearchParams,
  call: MakeCall,
  source: Need[],
): S3Call | { missing: string } {
  const inUpload = query.has('uploadId');
  if (method === 'HEAD') return call('HeadObject', 'GetObject');
  if (method === 'GET') {
    if (inUpload) return { missing: 'ListParts' };
    return query.has('attributes')
      ? call('GetObjectAttributes', 'GetObject', [])
      : call('GetObject', 'GetObject');
  }
  if (method === 'PUT') {
    if (query.has('renameObject')) return { missing: 'RenameObject' };
    return call(inUpload ? 'UploadPart' : 'PutObject', 'PutObject', source);
  }
  if (method === 'POST' && query.has('uploads')) return call('CreateMultipartUpload', 'PutObject');
  if (method === 'POST' && inUpload) return call('CompleteMultipartUpload', 'PutObject');
  if (method === 'DELETE') {
    return inUpload
      ? call('AbortMultipartUpload', 'AbortMultipartUpload')
      : call('DeleteObject', 'DeleteObject');
  }
  return { missing: `${method} on an object` };
}

/** What `DeleteObjects` needs: every key that its XML names. */
export function deleteObjectsNeeds(bucket: string, xml: string): Need[] {
  return [...xml.matchAll(/<Key>([^<]*)<\/Key>/g)].map(([, key = '']) => ({
    action: 's3:DeleteObject',
    resource: `arn:aws:s3:::${bucket}/${unescapeXml(key)}`,
  }));
}

/** A copy also reads its source. */
function copySource(header: string | string[] | undefined): Need[] {
  if (typeof header !== 'string') return [];
  const path = decodeURIComponent(header.split('?')[0] ?? '').replace(/^\//, '');
  return [{ action: 's3:GetObject', resource: `arn:aws:s3:::${path}` }];
}

function context(query: URLSearchParams): Pick<Need, 'context'> {
  const prefix = query.get('prefix');
  const delimiter = query.get('delimiter');
  if (prefix === null && delimiter === null) return {};
  return {
    context: {
      ...(prefix === null ? {} : { 's3:prefix': prefix }),
      ...(delimiter === null ? {} : { 's3:delimiter': delimiter }),
    },
  };
}

function unescapeXml(value: string): string {
  return value
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&quot;', '"')
    .replaceAll('&apos;', "'")
    .replaceAll(/&#(\d+);/g, (_, code: string) => String.fromCodePoint(Number(code)))
    .replaceAll(/&#x([\da-f]+);/gi, (_, code: string) => String.fromCodePoint(Number.parseInt(code, 16)))
    .replaceAll('&amp;', '&');
}
