/** What a person sees of the program that they used: its name and its system, as far as it says so itself. */

/** A program as it is shown in a list; `os` is null when nothing tells it. */
export type Agent = { name: string; os: string | null };

/**
 * The program behind a request.
 * @param platformHint the header `sec-ch-ua-platform`, which browsers fill in more honestly than the other one
 */
export function describeAgent(userAgent: string, platformHint: string | undefined): Agent {
  const os = hinted(platformHint) ?? find(systems, userAgent) ?? null;
  const program = find(programs, userAgent) ?? 'Unknown program';
  return { name: os === null ? program : `${program} on ${os}`, os };
}

type Pattern = readonly [pattern: RegExp, name: string];

/** Many programs name others to be served like them; the one that names the fewest is found first. */
const programs: readonly Pattern[] = [
  [/\bEdgA?\//, 'Edge'],
  [/\bOPR\//, 'Opera'],
  [/\bFirefox\/|\bFxiOS\//, 'Firefox'],
  [/\bChrome\/|\bCriOS\//, 'Chrome'],
  [/\bSafari\//, 'Safari'],
  [/\bPlinth/i, 'Plinth'],
  [/\bcurl\//, 'curl'],
  [/\bnode\b/i, 'Node'],
];

const systems: readonly Pattern[] = [
  [/\bAndroid\b/, 'Android'],
  [/\biPhone\b|\biPad\b/, 'iOS'],
  [/\bWindows\b/, 'Windows'],
  [/\bMac OS X\b|\bMacintosh\b/, 'macOS'],
  [/\bCrOS\b/, 'ChromeOS'],
  [/\bLinux\b/, 'Linux'],
];

function find(patterns: readonly Pattern[], text: string): string | undefined {
  return patterns.find(([pattern]) => pattern.test(text))?.[1];
}

/** A quoted name, of which only ones that we know are believed: it is shown to the person later. */
function hinted(header: string | undefined): string | undefined {
  const named = header?.replaceAll('"', '').trim();
  if (named === 'Chrome OS') return 'ChromeOS';
  return systems.find(([, name]) => name === named)?.[1];
}
