/** What a file is called, where it is kept, and how a browser is told its name. */
import { type ObjectKey, tenantObject } from '../objects/keys.ts';

/** As people see it: whose, what, of which day. */
export function fileNameOf(tenant: string, report: string, day: Date, extension: string): string {
  const name = tenant
    .replace(/[\s\p{C}\p{Z}"*/:<>?\\|]+/gu, ' ')
    .trim()
    .slice(0, 60);
  return `${name} ${report.replace('.', ' ').replaceAll('_', ' ')} ${day.toISOString().slice(0, 10)}.${extension}`;
}

/** The object of an export; bare uuids. */
export function objectKey({
  tenant_id,
  id,
  file_name,
}: {
  tenant_id: string;
  id: string;
  file_name: string;
}): ObjectKey {
  return tenantObject(tenant_id, 'exports', id, asciiName(file_name).replaceAll(' ', '-'));
}

/** RFC 6266: a name in ASCII for old programs, and the true one, encoded as RFC 8187 says. */
export function dispositionOf(fileName: string): string {
  const encoded = encodeURIComponent(fileName).replace(
    /['()*!]/g,
    (mark) => `%${mark.charCodeAt(0).toString(16).toUpperCase()}`,
  );
  return `attachment; filename="${asciiName(fileName)}"; filename*=UTF-8''${encoded}`;
}

/** Letters without their accents where they have a plain form, and nothing that needs quoting. */
function asciiName(name: string): string {
  const plain = name
    .normalize('NFKD')
    .replace(/[^\w .-]/g, '')
    .replace(/ +/g, ' ')
    .trim();
  return /^[\w]/.test(plain) ? plain : `export ${plain}`.trim();
}
