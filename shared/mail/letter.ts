/** A message of a few paragraphs, as text and as HTML. */
import { html, type Mail } from './mail.ts';

/** What is said, or a link and what following it does. */
export type Paragraph = string | { label: string; link: string };

/** Subject and both bodies; whatever people wrote is escaped. */
export function letter(subject: string, paragraphs: readonly Paragraph[]): Omit<Mail, 'to'> {
  return {
    subject,
    text: `${paragraphs.map(asText).join('\n\n')}\n`,
    html: `<!doctype html><html lang="en"><body>${paragraphs.map(asHtml).join('')}</body></html>`,
  };
}

function asText(paragraph: Paragraph): string {
  return typeof paragraph === 'string' ? paragraph : `${paragraph.label}:\n${paragraph.link}`;
}

function asHtml(paragraph: Paragraph): string {
  if (typeof paragraph === 'string') return html`<p>${paragraph}</p>`;
  return html`<p><a href="${paragraph.link}">${paragraph.label}</a></p>`;
}
