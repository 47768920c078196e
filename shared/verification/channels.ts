/** The ways on which a one-time code reaches a person, all behind one signature. */
import type { CodeChannel } from '../config/verification.ts';
import { html, sendMail } from '../mail/mail.ts';
import { sendSms } from '../sms/sms.ts';
import { sendCodeTemplate } from '../whatsapp/whatsapp.ts';

/** A code on its way. It must not reach a log. */
export type CodeMessage = { to: string; code: string; validMinutes: number };

/** Sends a code; resolves when the service has taken it. */
export type SendCode = (message: CodeMessage) => Promise<void>;

export const channels: Readonly<Record<CodeChannel, SendCode>> = {
  email: ({ to, code, validMinutes }) => {
    const [says, warns] = [`Your code is ${code}. It is valid for ${validMinutes} minutes.`, ignore];
    return sendMail({
      to,
      // Not in the subject, which a locked screen shows.
      subject: 'Your code for Plinth',
      text: `${says}\n\n${warns}\n`,
      html: html`<!doctype html>
        <html lang="en">
          <body>
            <p>${says}</p>
            <p>${warns}</p>
          </body>
        </html>`,
    });
  },
  sms: ({ to, code, validMinutes }) =>
    sendSms({ to, text: `${code} is your code for Plinth, for ${validMinutes} minutes. Tell nobody.` }),
  whatsapp: ({ to, code }) => sendCodeTemplate({ to, code }),
};

const ignore = 'Tell it to nobody. If you did not ask for it, ignore this message.';
