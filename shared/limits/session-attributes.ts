/**
 * A session in its user's item: when it ends for want of use, and when it ends in any case, in epoch seconds. An
 * idle end of zero is a revoked session. Nothing is registered: the token names the session and when it began.
 */
import { type SessionId, uuidOf } from '../contract/ids.ts';

/** Sessions that began at this second or before it have ended: signed out everywhere. */
export const notBefore = 'nb';

/** The names of a session's two attributes. Half a UUID is enough among ten sessions of one person. */
export function sessionAttributes(id: SessionId): { idle: string; absolute: string } {
  const short = uuidOf(id).replaceAll('-', '').slice(0, 16);
  return { idle: `s${short}`, absolute: `a${short}` };
}

/** Whether an attribute is the absolute end of a session. */
export function isSessionEnd(attribute: string): boolean {
  return /^a[0-9a-f]{16}$/.test(attribute);
}

/** Both attributes of the session whose absolute end this is. */
export function sessionAttributesOf(absolute: string): string[] {
  return [absolute, `s${absolute.slice(1)}`];
}
