/** Where archives are kept: in the tenants' bucket, below the tenant's own prefix, written part by part as they are made. */
import { type ObjectKey, tenantObject } from '../objects/keys.ts';
import { storeObject } from '../objects/objects.ts';
import type { Sink } from './take.ts';

/** Of this size, the 10,000 parts that an object may have are 80 GiB. */
const partBytes = 8 * 1024 * 1024;

/** The object of a backup; bare UUIDs. */
export function archiveKeyOf({ tenant, backup }: { tenant: string; backup: string }): ObjectKey {
  return tenantObject(tenant, 'backups', `${backup}.plinth-backup`);
}

/** Stores what it is given under a key; the object is there when all of it is, or not at all. */
export function storing(key: ObjectKey): { sink: Sink; versionId: () => string | null } {
  let version: string | null = null;
  return {
    sink: async (bytes) => {
      version = await storeObject(key, bytes, { contentType: 'application/octet-stream', partBytes });
    },
    versionId: () => version,
  };
}
