/** Presigned S3 URLs, made by the signer of the real client. */
import { S3Client } from '@aws-sdk/client-s3';
import type { ClientSettings } from './stack.ts';

type PresignOptions = {
  method: string;
  path: string;
  /** Seconds; negative for a URL that has expired. */
  expiresIn?: number | undefined;
  headers?: Record<string, string>;
};

type Presigner = {
  presign(
    request: object,
    options: {
      expiresIn: number;
      signingDate: Date;
      signableHeaders: Set<string>;
      unsignableHeaders: Set<string>;
    },
  ): Promise<{ path: string; query: Record<string, string> }>;
};

export async function presign(
  settings: ClientSettings,
  { method, path, expiresIn = 60, headers = {} }: PresignOptions,
): Promise<string> {
  const { hostname, port, host } = new URL(settings.endpoint);
  const signer = (await new S3Client(settings).config.signer()) as unknown as Presigner;
  const request = {
    method,
    protocol: 'http:',
    hostname,
    port: Number(port),
    path: path.split('/').map(encode).join('/'),
    query: {},
    headers: { host, 'x-amz-content-sha256': 'UNSIGNED-PAYLOAD', ...headers },
  };
  // An expired URL is one that was signed before.
  const signingDate = new Date(Date.now() - (expiresIn < 0 ? 120_000 : 0));
  const signed = await signer.presign(request, {
    expiresIn: Math.abs(expiresIn) * (expiresIn < 0 ? 60 : 1),
    signingDate,
    unsignableHeaders: new Set(['x-amz-content-sha256']),
    signableHeaders: new Set(Object.keys(headers)),
  });
  const query = new URLSearchParams(signed.query);
  return `http://${host}${signed.path}?${query.toString()}`;
}

/** As the client's serializer writes a key. */
function encode(segment: string): string {
  return encodeURIComponent(segment).replace(
    /[!'()*]/g,
    (mark) => `%${mark.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}
