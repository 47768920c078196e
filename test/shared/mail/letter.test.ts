import { expect, test } from '@jest/globals';
import { letter } from '#shared/mail/letter.ts';

test('a letter says the same as text and as HTML, where names of people are no markup', () => {
  const link = 'https://console.example/?a=1&b=2';
  const { subject, text, html } = letter('About Acme', ['<b>Ann</b> asks.', { label: 'Answer', link }]);
  expect(subject).toBe('About Acme');
  expect(text).toBe(`<b>Ann</b> asks.\n\nAnswer:\n${link}\n`);
  expect(html).toContain('<p>&lt;b&gt;Ann&lt;/b&gt; asks.</p>');
  expect(html).toContain('<p><a href="https://console.example/?a=1&amp;b=2">Answer</a></p>');
});
