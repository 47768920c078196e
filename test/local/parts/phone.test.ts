/** Text and WhatsApp messages through the real SDK clients, the front and its judgement, into the mailbox. */
import { PinpointSMSVoiceV2Client, SendTextMessageCommand } from '@aws-sdk/client-pinpoint-sms-voice-v2';
import { SendWhatsAppMessageCommand, SocialMessagingClient } from '@aws-sdk/client-socialmessaging';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { rmSync } from 'node:fs';
import { type Front, startFront } from '#local/front/front.ts';
import { type MailPart, startMail } from '#local/parts/mail/mail.ts';
import { startPhone } from '#local/parts/phone/phone.ts';
import { accountId, region, settingsFor, temporaryState } from '../front/stack.ts';

const state = temporaryState();
const pool = `arn:aws:sms-voice:${region}:${accountId}:pool/pool-plinth`;
const number = `arn:aws:social-messaging:${region}:${accountId}:phone-number-id/plinth`;
let mail: MailPart;
let front: Front;

beforeAll(async () => {
  mail = startMail({ state, region, identities: [] });
  const phone = startPhone(mail);
  const allow = (Action: string, Resource: string) => ({ Effect: 'Allow', Action, Resource });
  const Statement = [
    allow('sms-voice:SendTextMessage', pool),
    allow('social-messaging:SendWhatsAppMessage', number),
  ];
  front = await startFront({
    ...{ port: 0, region, accountId, log: () => undefined },
    roles: new Map([['LOCALSENDER', { role: 'sender', policies: [{ Statement }] }]]),
    parts: {
      ...{ dynamodbPort: 0, queuesPort: 0 },
      handlers: { 'sms-voice': phone.sms, 'social-messaging': phone.whatsApp },
    },
  });
});
afterAll(async () => {
  await front.stop();
  await mail.stop();
  rmSync(state, { recursive: true, force: true });
});

const sms = (input: { to: string; from?: string; text?: string }) =>
  new PinpointSMSVoiceV2Client(settingsFor(front, 'LOCALSENDER')).send(
    new SendTextMessageCommand({
      DestinationPhoneNumber: input.to,
      OriginationIdentity: input.from,
      MessageBody: input.text ?? '123456 is your code',
    }),
  );

const whatsApp = (message: object, origin = number) =>
  new SocialMessagingClient(settingsFor(front, 'LOCALSENDER')).send(
    new SendWhatsAppMessageCommand({
      originationPhoneNumberId: origin,
      metaApiVersion: 'v20.0',
      message: new TextEncoder().encode(JSON.stringify(message)),
    }),
  );

const template = {
  messaging_product: 'whatsapp',
  to: '+447700900124',
  type: 'template',
  template: {
    name: 'one_time_code',
    language: { code: 'en' },
    components: [{ type: 'body', parameters: [{ type: 'text', text: '654321' }] }],
  },
};

describe('messages to phones', () => {
  test('a text message lies in the mailbox of its number', async () => {
    expect(await sms({ to: '+447700900123', from: pool })).toMatchObject({ MessageId: expect.any(String) });
    expect(mail.list({ to: '+447700900123' })).toMatchObject([
      { from: 'pool/pool-plinth', subject: 'Text message', text: '123456 is your code' },
    ]);
  });

  test('a WhatsApp template lies there with what fills it', async () => {
    expect(await whatsApp(template)).toMatchObject({ messageId: expect.any(String) });
    expect(mail.list({ to: '+447700900124' })).toMatchObject([
      { subject: 'WhatsApp message', text: 'one_time_code: 654321' },
    ]);
  });

  test('[OPS-5] from anything but what the role names, nothing is sent', async () => {
    const denied = { name: 'AccessDeniedException' };
    await expect(sms({ to: '+447700900125', from: 'pool-other' })).rejects.toMatchObject(denied);
    await expect(sms({ to: '+447700900125' })).rejects.toMatchObject(denied);
    await expect(whatsApp(template, 'phone-number-id-other')).rejects.toMatchObject(denied);
    expect(mail.list({ to: '+447700900125' })).toEqual([]);
  });

  test('the short name of an origin means its resource', async () => {
    await expect(sms({ to: '+447700900126', from: 'pool-plinth' })).resolves.toBeDefined();
    await expect(
      whatsApp({ ...template, to: '447700900126' }, 'phone-number-id-plinth'),
    ).resolves.toBeDefined();
    expect(mail.list({ to: '+447700900126' })).toHaveLength(2);
  });

  test('what is no number and what cannot be shown is refused', async () => {
    await expect(sms({ to: '12', from: pool })).rejects.toMatchObject({ name: 'ValidationException' });
    await expect(whatsApp({ ...template, type: 'sticker' })).rejects.toMatchObject({
      name: 'ValidationException',
    });
  });
});
