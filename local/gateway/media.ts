/**
 * Media types as API Gateway compares them to decide what is binary.
 */

/** Whether a header's first media type falls under a type such as `image/png`, `image/*` or `any type at all`. */
export function matchesMediaType(header: string | undefined, type: string): boolean {
  if (type === '*/*') return true;
  const first = (header ?? '').split(/[,;]/)[0]?.trim().toLowerCase() ?? '';
  const wanted = type.toLowerCase();
  return wanted.endsWith('/*') ? first.startsWith(wanted.slice(0, -1)) : first === wanted;
}
