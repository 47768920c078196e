/** What is used of the client; importing the package itself on demand would bundle all of it. */
export { PinpointSMSVoiceV2Client, SendTextMessageCommand } from '@aws-sdk/client-pinpoint-sms-voice-v2';
