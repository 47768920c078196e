/**
 * Sends WhatsApp messages through AWS End User Messaging Social, which passes them to WhatsApp's Cloud API. Whoever
 * writes first may only use a template that WhatsApp has approved.
 */
import type { SocialMessagingClient } from '@aws-sdk/client-socialmessaging';
import { awsClientOptions } from '../config/aws-client.ts';
import { settings } from '../config/environment.ts';

/** Sends a code with the deployment's authentication template; resolves when the service has taken it. */
export async function sendCodeTemplate({ to, code }: { to: string; code: string }): Promise<void> {
  const { SendWhatsAppMessageCommand } = await import('./client.ts');
  const { origin, template, language } = settings.whatsApp();
  const parameters = [{ type: 'text', text: code }];
  const message = {
    messaging_product: 'whatsapp',
    to,
    type: 'template',
    template: {
      name: template,
      language: { code: language },
      components: [
        { type: 'body', parameters },
        // The button that copies the code, which every authentication template has.
        { type: 'button', sub_type: 'url', index: '0', parameters },
      ],
    },
  };
  const client = await whatsAppClient();
  await client.send(
    new SendWhatsAppMessageCommand({
      originationPhoneNumberId: origin,
      metaApiVersion,
      message: new TextEncoder().encode(JSON.stringify(message)),
    }),
  );
}

/** Of the Cloud API. */
const metaApiVersion = 'v20.0';

let client: Promise<SocialMessagingClient> | undefined;

function whatsAppClient(): Promise<SocialMessagingClient> {
  client ??= import('./client.ts').then(
    ({ SocialMessagingClient }) => new SocialMessagingClient(awsClientOptions(5_000)),
  );
  return client;
}
