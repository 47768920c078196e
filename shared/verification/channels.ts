/** The ways on which a one-time code reaches a person, all behind one signature. */
import type { CodeChannel } from '../config/verification.ts';
import { letter } from '../mail/letter.ts';
import { sendMail } from '../mail/mail.ts';
import { sendSms } from '../sms/sms.ts';
import { sendCodeTemplate } from '../whatsapp/whatsapp.ts';

/** A code on its way. It must not reach a log. */
export type CodeMessage = { to: string; code: string; validMinutes: number };

/** Sends a code; resolves when the service has taken it. */
export type SendCode = (message: CodeMessage) => Promise<void>;

export const channels: Readonly<Record<CodeChannel, SendCode>> = {
  email: ({ to, code, validMinutes }) => {
    // Not in the subject, which a locked screen shows.
    const says = `Your code is ${code}. It is valid for ${validMinutes} minutes.`;
    return sendMail({ ...letter('Your code for Plinth', [says, ignore]), to });
  },
  sms: ({ to, code, validMinutes }) =>
    sendSms({ to, text: `${code} is your code for Plinth, for ${validMinutes} minutes. Tell nobody.` }),
  whatsapp: ({ to, code }) => sendCodeTemplate({ to, code }),
};

const ignore = 'Tell it to nobody. If you did not ask for it, ignore this message.';
