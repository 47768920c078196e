/**
 * Support acting for somebody, in the item of the one who acts: when it ends, in epoch seconds. So the update that
 * counts their request says whether they still may, and nobody else's request pays for it.
 */
import { type ImpersonationId, uuidOf } from '../contract/ids.ts';

/** The name of an impersonation's attribute. */
export function impersonationAttribute(id: ImpersonationId): string {
  return `i${uuidOf(id).replaceAll('-', '')}`;
}

/** Whether an attribute is the end of an impersonation. */
export function isImpersonationEnd(attribute: string): boolean {
  return /^i[0-9a-f]{32}$/.test(attribute);
}
