/** HTML by tagged template: every value is escaped unless it is itself the result of `html`. */

export type Html = { readonly html: string };

export function html(parts: TemplateStringsArray, ...values: unknown[]): Html {
  return { html: parts.reduce((text, part, index) => text + render(values[index - 1]) + part) };
}

function render(value: unknown): string {
  if (value === undefined || value === null || value === false) return '';
  if (Array.isArray(value)) return value.map(render).join('');
  if (typeof value === 'object' && 'html' in value) return String(value.html);
  return escapeHtml(typeof value === 'string' || typeof value === 'number' ? String(value) : '');
}

function escapeHtml(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&#39;');
}
