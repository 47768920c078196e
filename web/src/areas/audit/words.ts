/** Actions of the audit trail in words: `member.role_changed` → `Member role changed`. */
export function sayAction(action: string): string {
  const words = action
    .replaceAll(/[._]/g, ' ')
    .replace(/^api key/, 'API key')
    .replace(/^ai\b/, 'AI');
  return words.slice(0, 1).toUpperCase() + words.slice(1);
}
