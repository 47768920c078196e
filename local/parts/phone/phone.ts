/**
 * AWS End User Messaging on a laptop, for text messages and for WhatsApp: what is sent is put into the mailbox, where
 * people read it at `/mail` with the phone number as its recipient. Nothing leaves the machine.
 */
import { randomUUID } from 'node:crypto';
import { AwsError, type PartHandler } from '../contract.ts';
import type { MailStore } from '../mail/mail.ts';

export type PhonePart = {
  /** Answers `SendTextMessage` of AWS End User Messaging SMS. */
  sms: PartHandler;
  /** Answers `SendWhatsAppMessage` of AWS End User Messaging Social. */
  whatsApp: PartHandler;
};

/** Starts both on a mailbox. */
export function startPhone({ deliver }: Pick<MailStore, 'deliver'>): PhonePart {
  return {
    sms: async ({ action, body }) => {
      if (action !== 'SendTextMessage') throw notImplemented('SMS', action);
      const { DestinationPhoneNumber: to, OriginationIdentity: from, MessageBody: text } = body;
      if (!isText(text)) throw invalid('MessageBody is missing.');
      deliver({ from: originOf(from), to: [phoneNumber(to)], subject: 'Text message', text });
      return { status: 200, body: { MessageId: randomUUID() } };
    },
    whatsApp: async ({ action, body }) => {
      if (action !== 'SendWhatsAppMessage') throw notImplemented('WhatsApp', action);
      const message = readMessage(body.message);
      const text = textOf(message);
      const from = originOf(body.originationPhoneNumberId);
      deliver({ from, to: [phoneNumber(message.to)], subject: 'WhatsApp message', text });
      return { status: 200, body: { messageId: randomUUID() } };
    },
  };
}

/** A message of WhatsApp's Cloud API, as far as it is shown. */
type CloudMessage = {
  to?: unknown;
  type?: string;
  text?: { body?: string };
  template?: {
    name?: string;
    components?: { type?: string; parameters?: { text?: string }[] }[];
  };
};

function readMessage(blob: unknown): CloudMessage {
  if (!isText(blob)) throw invalid('message is missing.');
  try {
    return JSON.parse(Buffer.from(blob, 'base64').toString()) as CloudMessage;
  } catch (error) {
    throw invalid(`message is no JSON: ${String(error)}`);
  }
}

/** Templates are kept at WhatsApp; here the name of one stands for its text. */
function textOf({ type, text, template }: CloudMessage): string {
  if (type === 'text' && isText(text?.body)) return text.body;
  if (type !== 'template' || !isText(template?.name)) {
    throw invalid('Only messages of type text and template are shown here.');
  }
  const body = template.components?.find((component) => component.type === 'body')?.parameters ?? [];
  return `${template.name}: ${body.map((parameter) => parameter.text ?? '').join(', ')}`;
}

/** WhatsApp takes numbers with and without the plus. */
function phoneNumber(value: unknown): string {
  const digits = isText(value) ? value.replace(/^\+/, '') : '';
  if (!/^[1-9]\d{7,14}$/.test(digits)) throw invalid('The phone number is not valid.');
  return `+${digits}`;
}

function originOf(value: unknown): string {
  if (!isText(value)) throw invalid('Where the message comes from is missing.');
  return value.split(':').at(-1) ?? value;
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && value !== '';
}

function invalid(message: string): AwsError {
  return new AwsError('ValidationException', message);
}

function notImplemented(service: string, action: string): AwsError {
  return new AwsError('NotImplementedException', `The local ${service} does not implement ${action}`, 501);
}
