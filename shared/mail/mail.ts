/** Sends e-mail through SES, from the deployment's one address. */
import type { SESv2Client } from '@aws-sdk/client-sesv2';
import { awsClientOptions } from '../config/aws-client.ts';
import { settings } from '../config/environment.ts';

/** One message to one person; both bodies say the same. */
export type Mail = { to: string; subject: string; text: string; html: string };

/** Sends a message; resolves when SES has taken it. */
export async function sendMail({ to, subject, text, html }: Mail): Promise<void> {
  const { SendEmailCommand } = await import('./ses.ts');
  const ses = await sesClient();
  await ses.send(
    new SendEmailCommand({
      FromEmailAddress: settings.mail().from,
      Destination: { ToAddresses: [to] },
      Content: {
        Simple: {
          Subject: { Data: oneLine(subject), Charset: 'UTF-8' },
          Body: { Text: { Data: text, Charset: 'UTF-8' }, Html: { Data: html, Charset: 'UTF-8' } },
        },
      },
    }),
  );
}

/** HTML with values escaped: html`<p>${name}</p>`. */
export function html(parts: TemplateStringsArray, ...values: readonly string[]): string {
  return parts.reduce((before, part, index) => before + escaped(values[index - 1] ?? '') + part);
}

/** Text of people on one line: a line break would start a header or a paragraph of its own. */
export function oneLine(text: string): string {
  return text.replace(/[\s\p{Cc}\p{Zl}\p{Zp}]+/gu, ' ').trim();
}

const entities: Record<string, string> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (character) => entities[character] ?? '');
}

let client: Promise<SESv2Client> | undefined;

function sesClient(): Promise<SESv2Client> {
  client ??= import('./ses.ts').then(({ SESv2Client }) => new SESv2Client(awsClientOptions(5_000)));
  return client;
}
