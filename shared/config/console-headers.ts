/** What a browser is told with the console's files: the same on AWS and on a laptop, so that a refusal is seen before it is deployed. */

/**
 * What the console may load: its own files and nothing else, scripts never from inside a page. The components set
 * styles on elements, which is why those may be inline; logos of tenants come as data.
 * @param connect what it may call beside where it came from
 */
export function contentPolicy(connect: readonly string[]): string {
  return [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self' 'unsafe-inline'",
    "img-src 'self' data:",
    "font-src 'self'",
    "manifest-src 'self'",
    `connect-src ${["'self'", ...connect].join(' ')}`,
    "base-uri 'none'",
    "form-action 'self'",
    "frame-ancestors 'none'",
  ].join('; ');
}

/** Beside the headers that CloudFront knows by name. */
export const moreHeaders = {
  'cross-origin-opener-policy': 'same-origin',
  'permissions-policy': 'camera=(), geolocation=(), microphone=(), payment=(), usb=()',
} as const;

/** How long files are kept: those below `assets` have their content in their name, of the others there may be newer ones. */
export const keptAs = {
  assets: 'public, max-age=31536000, immutable',
  others: 'no-cache',
} as const;
