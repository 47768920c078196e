/**
 * SES on a laptop: mail goes into a mailbox in sqlite that survives a restart and is read at `/mail`. Nothing
 * leaves the machine.
 */
import { randomUUID } from 'node:crypto';
import { openStore } from '../../state.ts';
import { AwsError, type PartHandler, type Running } from '../contract.ts';
import { parseMime } from './mime.ts';

/** A mail as it is kept and shown. */
export type Mail = {
  id: string;
  atMs: number;
  from: string;
  to: string[];
  cc: string[];
  bcc: string[];
  replyTo: string[];
  subject: string;
  html: string;
  text: string;
};

export type NewMail = Pick<Mail, 'from' | 'to' | 'subject'> & Partial<Omit<Mail, 'id' | 'atMs'>>;

export type MailStore = {
  /** Puts a mail into the mailbox without asking anybody, as the local Cognito does; answers its id. */
  deliver(mail: NewMail): string;
  /** Newest first; `to` matches any recipient, in part and without case. */
  list(filter?: { to?: string; limit?: number }): Mail[];
  get(id: string): Mail | undefined;
};

export type MailPart = Running &
  MailStore & {
    /** Answers `SendEmail` of SES v2. */
    handler: PartHandler;
    /** Whether an address is an identity of its own, and not only its domain. */
    isMailIdentity(address: string): boolean;
    setIdentities(identities: readonly string[]): void;
  };

const SCHEMA = `
  create table if not exists mails (
    id text primary key, at_ms integer not null, recipients text not null, mail text not null
  ) strict;
  create index if not exists mails_at on mails (at_ms);
`;
/** A mailbox that is never emptied would only grow. */
const KEPT = 2_000;

/** Starts SES on `<state>/mail`. `identities` are the domains and addresses that may send. */
export function startMail(options: {
  state: string;
  region: string;
  identities: readonly string[];
}): MailPart {
  const store = openStore(options.state, 'mail', SCHEMA);
  let identities = new Set(options.identities.map((one) => one.toLowerCase()));

  const deliver = (mail: NewMail): string => {
    const whole: Mail = {
      cc: [],
      bcc: [],
      replyTo: [],
      html: '',
      text: '',
      ...mail,
      id: randomUUID(),
      atMs: Date.now(),
    };
    const recipients = [...whole.to, ...whole.cc, ...whole.bcc].join('\n').toLowerCase();
    store
      .prepare('insert into mails (id, at_ms, recipients, mail) values (?, ?, ?, ?)')
      .run(whole.id, whole.atMs, recipients, JSON.stringify(whole));
    store.prepare('delete from mails where rowid <= (select max(rowid) from mails) - ?').run(KEPT);
    return whole.id;
  };

  const mayBeSentBy = (from: string) => {
    const address = bareAddress(from);
    if (identities.has(address) || identities.has(address.split('@').at(-1) ?? '')) return;
    throw new AwsError(
      'MessageRejected',
      `Email address is not verified. The following identities failed the check in region ` +
        `${options.region.toUpperCase()}: ${address}`,
    );
  };

  return {
    deliver,
    list: ({ to = '', limit = 200 } = {}) =>
      store
        .prepare('select mail from mails where instr(recipients, ?) > 0 order by rowid desc limit ?')
        .all(to.trim().toLowerCase(), limit)
        .map((row) => JSON.parse(String(row.mail)) as Mail),
    get: (id) => {
      const row = store.prepare('select mail from mails where id = ?').get(id);
      return row === undefined ? undefined : (JSON.parse(String(row.mail)) as Mail);
    },
    handler: async ({ action, body }) => {
      if (action !== 'SendEmail')
        throw new AwsError('NotImplementedException', `The local SES does not implement ${action}`, 501);
      const mail = readSendEmail(body);
      mayBeSentBy(mail.from);
      return { status: 200, body: { MessageId: deliver(mail) } };
    },
    isMailIdentity: (address) => identities.has(address.toLowerCase()),
    setIdentities: (names) => {
      identities = new Set(names.map((one) => one.toLowerCase()));
    },
    stop: async () => store.close(),
  };
}

type SendEmail = {
  FromEmailAddress?: string;
  Destination?: { ToAddresses?: string[]; CcAddresses?: string[]; BccAddresses?: string[] };
  ReplyToAddresses?: string[];
  Content?: {
    Simple?: { Subject?: { Data?: string }; Body?: { Html?: { Data?: string }; Text?: { Data?: string } } };
    Raw?: { Data?: string };
    Template?: unknown;
  };
};

function readSendEmail(body: SendEmail): NewMail {
  const { Destination: destination = {}, Content: content = {} } = body;
  const envelope = {
    to: destination.ToAddresses ?? [],
    cc: destination.CcAddresses ?? [],
    bcc: destination.BccAddresses ?? [],
    replyTo: body.ReplyToAddresses ?? [],
  };
  const mail =
    content.Raw === undefined ? simple(body, envelope) : raw(body, envelope, content.Raw.Data ?? '');
  if ([...mail.to, ...(mail.cc ?? []), ...(mail.bcc ?? [])].length === 0) {
    throw new AwsError('BadRequestException', 'Provide at least one destination address.');
  }
  return mail;
}

type Envelope = Pick<Mail, 'to' | 'cc' | 'bcc' | 'replyTo'>;

function simple(body: SendEmail, envelope: Envelope): NewMail {
  if (body.Content?.Template !== undefined) {
    throw new AwsError(
      'NotImplementedException',
      'The local SES renders no templates: send Simple or Raw content',
      501,
    );
  }
  const content = body.Content?.Simple;
  if (content === undefined || body.FromEmailAddress === undefined) {
    throw new AwsError(
      'BadRequestException',
      'A mail needs FromEmailAddress and Content.Simple or Content.Raw.',
    );
  }
  return {
    ...envelope,
    from: body.FromEmailAddress,
    subject: content.Subject?.Data ?? '',
    html: content.Body?.Html?.Data ?? '',
    text: content.Body?.Text?.Data ?? '',
  };
}

/** The request's addresses win over the message's headers, as on SES. */
function raw(body: SendEmail, envelope: Envelope, data: string): NewMail {
  const message = parseMime(Buffer.from(data, 'base64'));
  const named = envelope.to.length + envelope.cc.length + envelope.bcc.length > 0;
  return {
    ...(named ? envelope : { to: message.to, cc: message.cc, bcc: message.bcc }),
    replyTo: envelope.replyTo.length > 0 ? envelope.replyTo : message.replyTo,
    from: body.FromEmailAddress ?? message.from,
    subject: message.subject,
    html: message.html,
    text: message.text,
  };
}

function bareAddress(from: string): string {
  return (/<([^>]+)>/.exec(from)?.[1] ?? from).trim().toLowerCase();
}
