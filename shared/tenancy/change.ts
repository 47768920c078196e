/** Changes of named values: how one is applied, and what it changed. */

/** The values with a change applied: what it does not name stays, null removes (RFC 7396). */
export function merged<Value>(
  values: Readonly<Record<string, Value>>,
  change: Readonly<Record<string, Value | null | undefined>> = {},
): Record<string, Value> {
  const all = Object.entries<Value | null | undefined>({ ...values, ...change });
  const kept = all.filter((entry): entry is [string, Value] => entry[1] !== null && entry[1] !== undefined);
  return Object.fromEntries(kept);
}

/** What differs, before and after, and nothing else: for the audit trail. */
export function difference<View extends Record<string, unknown>>(before: View, after: View) {
  const changed = Object.keys(after).filter(
    (name) => JSON.stringify(before[name]) !== JSON.stringify(after[name]),
  );
  const only = (view: View) => Object.fromEntries(changed.map((name) => [name, view[name]]));
  return { before: only(before), after: only(after) };
}
