import { createServer } from 'node:http';
import { rmSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { SESv2Client, SendEmailCommand, type SendEmailCommandInput } from '@aws-sdk/client-sesv2';
import { type Front, startFront } from '#local/front/front.ts';
import { mailPages } from '#local/pages/mail/pages.ts';
import { linkify } from '#local/pages/mail/views.ts';
import { type MailPart, startMail } from '#local/parts/mail/mail.ts';
import { parseMime } from '#local/parts/mail/mime.ts';
import { accountId, region, settingsFor, temporaryState } from '../front/stack.ts';

const state = temporaryState();
let mail: MailPart;
let front: Front;
let ses: SESv2Client;
const open = () => startMail({ state, region, identities: ['example.com', 'single@other.test'] });
const server = createServer((request, response) => {
  if (!mailPages({ store: mail })(request, response)) response.writeHead(418).end();
});
let base = '';

beforeAll(async () => {
  mail = open();
  front = await startFront({
    port: 0,
    region,
    accountId,
    roles: new Map(),
    parts: { dynamodbPort: 0, queuesPort: 0, handlers: { ses: (call) => mail.handler(call) } },
    log: () => undefined,
  });
  ses = new SESv2Client(settingsFor(front, 'LOCALADMIN'));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(async () => {
  server.close();
  server.closeAllConnections();
  await front.stop();
  await mail.stop();
  rmSync(state, { recursive: true, force: true });
});

const send = (more: Partial<SendEmailCommandInput> = {}, subject = 'Welcome') =>
  ses.send(
    new SendEmailCommand({
      FromEmailAddress: 'Plinth <hello@example.com>',
      Destination: { ToAddresses: ['Ada@Customer.test'] },
      Content: {
        Simple: {
          Subject: { Data: subject },
          Body: { Html: { Data: '<p>Hi <b>Ada</b></p>' }, Text: { Data: 'Hi Ada' } },
        },
      },
      ...more,
    }),
  );
const messages = async (to: string) =>
  (
    (await (await fetch(`${base}/mail/messages?to=${encodeURIComponent(to)}`)).json()) as {
      messages: Record<string, unknown>[];
    }
  ).messages;

describe('sending', () => {
  test('[MSG-1] what is sent with the SDK is in the mailbox, newest first, and still there after a restart', async () => {
    const { MessageId } = await send();
    await send({ Destination: { CcAddresses: ['ada@customer.test'] } }, 'Second');
    await mail.stop();
    mail = open();
    const found = await messages('ada@customer');
    expect(found.map((one) => one.subject)).toEqual(['Second', 'Welcome']);
    expect(found[1]).toMatchObject({
      id: MessageId,
      from: 'Plinth <hello@example.com>',
      to: ['Ada@Customer.test'],
      html: '<p>Hi <b>Ada</b></p>',
      text: 'Hi Ada',
    });
    expect(await messages('nobody@customer')).toEqual([]);
  });

  test('[MSG-1] only a verified identity may send: its domain, or the very address', async () => {
    await send({ FromEmailAddress: 'Single <single@other.test>' });
    for (const FromEmailAddress of ['x@unknown.test', 'second@other.test', 'x@sub.example.com']) {
      await expect(send({ FromEmailAddress })).rejects.toMatchObject({
        name: 'MessageRejected',
        message: expect.stringContaining(FromEmailAddress),
      });
    }
  });

  test('[MSG-1] templates and mail to nobody are refused with a reason', async () => {
    await expect(send({ Content: { Template: { TemplateName: 'x' } } })).rejects.toThrow(
      'renders no templates',
    );
    await expect(send({ Destination: {} })).rejects.toMatchObject({ name: 'BadRequestException' });
  });

  test('[MSG-1] raw mail is read: encoded words, folded headers, parts in their encodings', async () => {
    const raw = [
      'From: =?utf-8?Q?J=C3=BCrgen?= <hello@example.com>',
      'To: "Doe, Jane" <jane@x.test>,\r\n bob@x.test',
      'Subject: =?utf-8?B?w4RyZ2Vy?= =?utf-8?Q?_nein?=',
      'MIME-Version: 1.0',
      'Content-Type: multipart/mixed; boundary="outer"',
      '',
      '--outer',
      'Content-Type: multipart/alternative; boundary=inner',
      '',
      '--inner',
      'Content-Type: text/plain; charset=utf-8',
      'Content-Transfer-Encoding: quoted-printable',
      '',
      'Gr=C3=BC=C3=9Fe, lang=',
      'e Zeile',
      '--inner',
      'Content-Type: text/html; charset=iso-8859-1',
      'Content-Transfer-Encoding: base64',
      '',
      Buffer.from('<p>Grüße</p>', 'latin1').toString('base64'),
      '--inner--',
      '--outer',
      'Content-Type: text/plain',
      'Content-Disposition: attachment; filename=a.txt',
      '',
      'not the body',
      '--outer--',
    ].join('\r\n');
    expect(parseMime(Buffer.from(raw))).toMatchObject({
      from: 'Jürgen <hello@example.com>',
      to: ['"Doe, Jane" <jane@x.test>', 'bob@x.test'],
      subject: 'Ärger nein',
      text: 'Grüße, lange Zeile\n',
      html: '<p>Grüße</p>',
    });
    await ses.send(new SendEmailCommand({ Content: { Raw: { Data: Buffer.from(raw) } } }));
    expect(await messages('jane@x.test')).toHaveLength(1);
  });
});

describe('the mailbox page', () => {
  test('[UI-3] lists, filters and shows a mail, and leaves every other path to others', async () => {
    const page = await (await fetch(`${base}/mail?to=Ada`)).text();
    expect(page).toContain('Welcome');
    expect(await (await fetch(`${base}/mail?to=zzz`)).text()).toContain('No mail to “zzz”');
    const id = String((await messages('ada'))[0]?.id);
    expect(await (await fetch(`${base}/mail/${id}`)).text()).toContain(`src="/mail/${id}/body"`);
    expect((await fetch(`${base}/mail/unknown`)).status).toBe(404);
    expect((await fetch(`${base}/mail/messages/unknown`)).status).toBe(404);
    expect((await fetch(`${base}/mailbox`)).status).toBe(418);
    expect((await fetch(`${base}/mail`, { method: 'POST' })).status).toBe(405);
  });

  test('[GOV-3] a hostile mail stays text on our page and sandboxed in its own', async () => {
    const id = mail.deliver({
      from: '<script>a</script>',
      to: ['"><img src=x>'],
      subject: '<b>s</b>',
      html: '<script>parent.x=1</script>',
      text: '',
    });
    const pages =
      (await (await fetch(`${base}/mail`)).text()) + (await (await fetch(`${base}/mail/${id}`)).text());
    expect(pages).not.toMatch(/<script|<b>s|<img/);
    const body = await fetch(`${base}/mail/${id}/body`);
    expect(body.headers.get('content-security-policy')).toMatch(/default-src 'none'.*sandbox allow-popups/);
    expect(pages).toContain('sandbox="allow-popups allow-popups-to-escape-sandbox"');
  });

  test('[UI-3] web addresses in a text are links, without the full stop after them', () => {
    expect(linkify('Go to https://x.test/a?b=1&c=2. <i>')).toBe(
      'Go to <a href="https://x.test/a?b=1&amp;c=2" target="_blank" rel="noopener noreferrer">https://x.test/a?b=1&amp;c=2</a>. &lt;i&gt;',
    );
  });
});
