/** States, roles and plans as small labels; the word says it, the colour only helps. */
import { Badge } from '@mantine/core';

const colors: Readonly<Record<string, string>> = {
  active: 'green',
  live: 'green',
  accepted: 'green',
  on: 'green',
  approved: 'green',
  started: 'orange',
  requested: 'orange',
  pending: 'orange',
  provisioning: 'blue',
  test: 'blue',
  running: 'blue',
  queued: 'blue',
  preparing: 'blue',
  applying: 'blue',
  ready: 'orange',
  finished: 'green',
  done: 'green',
  applied: 'green',
  failed: 'red',
  rejected: 'red',
  suspended: 'red',
  revoked: 'red',
  denied: 'red',
  owner: 'grape',
  admin: 'indigo',
};

export function Status({ value }: { value: string }) {
  return <Badge color={colors[value] ?? 'gray'}>{capital(value)}</Badge>;
}

/** `wrong_word` → `Wrong word`. */
export function capital(word: string): string {
  const text = word.replaceAll('_', ' ');
  return text.slice(0, 1).toUpperCase() + text.slice(1);
}
