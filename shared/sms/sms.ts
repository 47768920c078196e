/** Sends text messages through AWS End User Messaging, from the deployment's one origin. */
import type { PinpointSMSVoiceV2Client } from '@aws-sdk/client-pinpoint-sms-voice-v2';
import { awsClientOptions } from '../config/aws-client.ts';
import { settings } from '../config/environment.ts';

/** One message to one number, E.164. */
export type Sms = { to: string; text: string };

/** Sends a message; resolves when the service has taken it. */
export async function sendSms({ to, text }: Sms): Promise<void> {
  const { SendTextMessageCommand } = await import('./client.ts');
  const client = await smsClient();
  await client.send(
    new SendTextMessageCommand({
      DestinationPhoneNumber: to,
      OriginationIdentity: settings.smsOrigin(),
      MessageBody: text,
      MessageType: 'TRANSACTIONAL',
    }),
  );
}

let client: Promise<PinpointSMSVoiceV2Client> | undefined;

function smsClient(): Promise<PinpointSMSVoiceV2Client> {
  client ??= import('./client.ts').then(
    ({ PinpointSMSVoiceV2Client }) => new PinpointSMSVoiceV2Client(awsClientOptions(5_000)),
  );
  return client;
}
