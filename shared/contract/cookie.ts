/**
 * A cookie that an endpoint reads and sets. Scripts never see it, other sites never send it, and only pages of the
 * allowed origins may call its endpoints (IDN-3).
 */

/** A declared cookie. Browsers send it to paths below `path` and nowhere else. */
export type CookieType = { name: string; path: string; summary: string };

/** Declares a cookie. */
export function cookie(declared: CookieType): CookieType {
  return Object.freeze(declared);
}

/** A cookie in an operation: what came with the request, and what the browser shall keep. */
export type Cookie = {
  /** The page that calls, as the browser names it; one of the allowed origins. */
  origin: string;
  value: string | undefined;
  set(value: string, maxAgeSeconds: number): void;
  clear(): void;
};

/** The name in the browser: on https one that only https may set. */
export function nameOf({ name }: CookieType, isSecure: boolean): string {
  // Not `__Host-`: that one wants to be sent with every path.
  return isSecure ? `__Secure-${name}` : name;
}
