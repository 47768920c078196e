/** The mailbox's HTML. Every value is escaped here; templates take nothing that is already markup but their own. */
import type { Mail } from '../../parts/mail/mail.ts';

export function listPage(mails: readonly Mail[], to: string): string {
  const rows = mails.map(
    (mail) => `<li><a class="mail" href="/mail/${escape(mail.id)}">
      <span class="to">${escape(mail.to.join(', '))}</span>
      ${time(mail)}
      <span class="subject">${escape(mail.subject || '(no subject)')}</span>
      <span class="preview">${escape(preview(mail))}</span>
    </a></li>`,
  );
  const nothing =
    to === ''
      ? '<p class="empty">No mail yet. What the local stack sends arrives here; nothing leaves this machine.</p>'
      : `<p class="empty">No mail to “${escape(to)}”. <a href="/mail">Show all mail</a></p>`;
  const shown = `${mails.length} ${mails.length === 1 ? 'mail' : 'mails'}`;
  return page(
    'Mailbox',
    `<form class="filter" role="search" action="/mail">
      <label for="to">Recipient</label>
      <input id="to" name="to" type="search" value="${escape(to)}" autocomplete="off" spellcheck="false" placeholder="name@example.com">
      <button>Filter</button>
    </form>
    ${rows.length === 0 ? nothing : `<p class="count" role="status">${shown}${to === '' ? '' : ` to “${escape(to)}” · <a href="/mail">show all</a>`}</p><ul class="mails">${rows.join('')}</ul>`}`,
  );
}

export function mailPage(mail: Mail, asText: boolean): string {
  const showText = asText || mail.html === '';
  const both = mail.html !== '' && mail.text !== '';
  const current = (chosen: boolean) => (chosen ? ' aria-current="page"' : '');
  const tabs = `<nav class="tabs" aria-label="Form of the mail">
      <a href="/mail/${escape(mail.id)}"${current(!showText)}>HTML</a>
      <a href="/mail/${escape(mail.id)}?as=text"${current(showText)}>Text</a>
    </nav>`;
  const content = showText
    ? `<pre class="text">${linkify(mail.text)}</pre>`
    : `<iframe title="Content of the mail" src="/mail/${escape(mail.id)}/body" sandbox="allow-popups allow-popups-to-escape-sandbox"></iframe>`;
  return page(
    mail.subject || '(no subject)',
    `<p class="back"><a href="/mail">← All mail</a></p>
    <article>
      <h2>${escape(mail.subject || '(no subject)')}</h2>
      <dl>${field('From', [mail.from])}${field('To', mail.to)}${field('Cc', mail.cc)}${field('Bcc', mail.bcc)}${field('Reply to', mail.replyTo)}
        <dt>Sent</dt><dd>${time(mail)}</dd></dl>
      ${both ? tabs : ''}
      ${content}
    </article>`,
  );
}

export function missingPage(): string {
  return page(
    'No such mail',
    '<p class="empty">This mail does not exist. <a href="/mail">Show all mail</a></p>',
  );
}

export function escape(value: string): string {
  return value
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&#39;');
}

/** Text with its web addresses as links; a full stop that ends the sentence is not part of the address. */
export function linkify(value: string): string {
  return value
    .split(/(https?:\/\/[^\s<>"']+[^\s<>"'.,;:!?)\]])/)
    .map((piece, index) =>
      index % 2 === 1
        ? `<a href="${escape(piece)}" target="_blank" rel="noopener noreferrer">${escape(piece)}</a>`
        : escape(piece),
    )
    .join('');
}

function field(name: string, values: readonly string[]): string {
  return values.length === 0 ? '' : `<dt>${name}</dt><dd>${values.map(escape).join(', ')}</dd>`;
}

function time(mail: Mail): string {
  const at = new Date(mail.atMs);
  const shown = at.toLocaleString('en-GB', { dateStyle: 'medium', timeStyle: 'short' });
  return `<time datetime="${at.toISOString()}">${shown}</time>`;
}

function preview(mail: Mail): string {
  const text =
    mail.text !== ''
      ? mail.text
      : mail.html
          .replace(/<(style|script|title)[\s\S]*?<\/\1>/gi, ' ')
          .replace(/<[^>]+>/g, ' ')
          .replaceAll('&nbsp;', ' ');
  return text.replace(/\s+/g, ' ').trim().slice(0, 160);
}

function page(title: string, content: string): string {
  return `<!doctype html>
<html lang="en">
<head>
  <meta charset="utf-8">
  <meta name="viewport" content="width=device-width, initial-scale=1">
  <meta name="color-scheme" content="light dark">
  <title>${escape(title)} · Local mail</title>
  <link rel="stylesheet" href="/mail/style.css">
  <link rel="icon" href="data:,">
</head>
<body>
  <header><h1><a href="/mail">Local mail</a></h1></header>
  <main>${content}</main>
</body>
</html>`;
}
