/** Sending and verifying codes through the whole chain, with AWS answered at its clients but for DynamoDB. */
import { PinpointSMSVoiceV2Client, SendTextMessageCommand } from '@aws-sdk/client-pinpoint-sms-voice-v2';
import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { SendEmailCommand, SESv2Client } from '@aws-sdk/client-sesv2';
import { SendWhatsAppMessageCommand, SocialMessagingClient } from '@aws-sdk/client-socialmessaging';
import type { SQSEvent } from 'aws-lambda';
import { mockClient } from 'aws-sdk-client-mock';
import { formatId } from '#shared/contract/ids.ts';
import { consume } from '#shared/middleware/consume.ts';
import { serve } from '#shared/middleware/serve.ts';
import { verification } from '#shared/verification/module.ts';
import { verificationOps } from '#shared/verification/verification.ops.ts';
import { verificationWorkers } from '#shared/verification/verification.jobs.ts';
import { type Answer, type Chain, startChain } from '../../support/chain.ts';
import type { Person } from '../../support/tokens.ts';

export type Verifying = Chain & {
  send(person: Person, channel: string, address: string, headers?: Record<string, string>): Promise<Answer>;
  verify(person: Person, code: string, more?: { channel?: string }): Promise<Answer>;
  /** Takes what waits in the outbox and gives it to the worker, as its queue would. */
  deliver(): Promise<{ failures: number; payloads: string[] }>;
  /** The code of the last message to this address, on whatever channel. */
  codeOf(address: string): string;
};

export const ses = mockClient(SESv2Client);
export const sms = mockClient(PinpointSMSVoiceV2Client);
export const whatsApp = mockClient(SocialMessagingClient);
const secrets = mockClient(SecretsManagerClient);

/** Before each test: the secret is there, and every service takes what it gets. */
export function answerAws(): void {
  secrets.reset();
  secrets.on(GetSecretValueCommand).resolves({ SecretString: 'a-secret-for-tests' });
  ses.reset();
  ses.on(SendEmailCommand).resolves({ MessageId: 'sent' });
  sms.reset();
  sms.on(SendTextMessageCommand).resolves({ MessageId: 'sent' });
  whatsApp.reset();
  whatsApp.on(SendWhatsAppMessageCommand).resolves({ messageId: 'sent' });
}

export async function startVerifying(): Promise<Verifying> {
  Object.assign(process.env, environment);
  const chain = await startChain();
  const handler = serve(verification, verificationOps);
  const work = consume(verification, verificationWorkers);
  const tokens = new Map<string, Promise<string>>();
  const tokenOf = (person: Person) => {
    // One for each person: each token would be a session of its own.
    const token = tokens.get(person.sub) ?? chain.pool.token(person);
    tokens.set(person.sub, token);
    return token;
  };
  const post = async (person: Person, path: string, body: object, headers: Record<string, string> = {}) =>
    chain.call(handler, { method: 'POST', path, body, headers, token: await tokenOf(person) });
  return {
    ...chain,
    send: (person, channel, address, headers) =>
      post(person, '/v1/me/verifications', { channel, address }, headers),
    verify: (person, code, more = {}) => post(person, '/v1/me/verifications/verify', { code, ...more }),
    deliver: async () => {
      const { rows } = await chain.database.admin.query<{ id: string; type: string; payload: unknown }>(
        "delete from app.outbox where kind = 'job' and type like 'verification.%' returning id, type, payload",
      );
      const { batchItemFailures } = await work({ Records: rows.map(toRecord) } as SQSEvent);
      return {
        failures: batchItemFailures.length,
        payloads: rows.map(({ payload }) => JSON.stringify(payload)),
      };
    },
    codeOf: (address) => {
      const text = messages().findLast(({ to }) => to === address)?.text;
      const [code] = /\b\d{6}\b/.exec(text ?? '') ?? [];
      if (code === undefined) throw new Error(`no code was sent to ${address}`);
      return code;
    },
  };
}

function toRecord({ id, type, payload }: { id: string; type: string; payload: unknown }): object {
  return {
    messageId: id,
    body: JSON.stringify({ messageId: formatId('message', id), type, payload, tenantId: null, trace: null }),
    attributes: { ApproximateReceiveCount: '1' },
  };
}

/** What was sent on every channel, each in its order. */
export function messages(): { to: string; text: string }[] {
  return [
    ...ses.commandCalls(SendEmailCommand).map(({ args: [{ input }] }) => ({
      to: input.Destination?.ToAddresses?.[0] ?? '',
      text: input.Content?.Simple?.Body?.Text?.Data ?? '',
    })),
    ...sms.commandCalls(SendTextMessageCommand).map(({ args: [{ input }] }) => ({
      to: input.DestinationPhoneNumber ?? '',
      text: input.MessageBody ?? '',
    })),
    ...whatsApp.commandCalls(SendWhatsAppMessageCommand).map(({ args: [{ input }] }) => {
      const message = JSON.parse(new TextDecoder().decode(input.message)) as {
        to: string;
        template: { components: { parameters: { text: string }[] }[] };
      };
      return { to: message.to, text: message.template.components[0]?.parameters[0]?.text ?? '' };
    }),
  ];
}

const environment = {
  SMS_ORIGIN_ARN: 'arn:aws:sms-voice:us-east-1:000000000000:pool/pool-test',
  WHATSAPP_ORIGIN_ARN: 'arn:aws:social-messaging:us-east-1:000000000000:phone-number-id/test',
  WHATSAPP_CODE_TEMPLATE: 'one_time_code',
  WHATSAPP_LANGUAGE: 'en',
  MAIL_FROM: 'no-reply@example.com',
  CONSOLE_URL: 'https://console.example.com',
  LINK_SECRET_ARN: 'arn:aws:secretsmanager:us-east-1:000000000000:secret:link',
};
