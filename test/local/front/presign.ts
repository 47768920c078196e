/** Presigned S3 URLs, made by the signer of the real client. */
import { S3Client } from '@aws-sdk/client-s3';
import type { ClientSettings } from './stack.ts';

type Presigner = {
  presign(
    request: object,
    options: { expiresIn: number; signingDate: Date },
  ): Promise<{ path: string; query: Record<string, string> }>;
};

export async function presign(
  settings: ClientSettings,
  { method, path, expiresIn = 60 }: { method: string; path: string; expiresIn?: number | undefined },
): Promise<string> {
  const { hostname, port, host } = new URL(settings.endpoint);
  const signer = (await new S3Client(settings).config.signer()) as unknown as Presigner;
  const request = {
    method,
    protocol: 'http:',
    hostname,
    port: Number(port),
    path,
    query: {},
    headers: { host },
  };
  // An expired URL is one that was signed before.
  const signingDate = new Date(Date.now() - (expiresIn < 0 ? 120_000 : 0));
  const signed = await signer.presign(request, {
    expiresIn: Math.abs(expiresIn) * (expiresIn < 0 ? 60 : 1),
    signingDate,
  });
  const query = new URLSearchParams(signed.query);
  return `http://${host}${signed.path}?${query.toString()}`;
}
