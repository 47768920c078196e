/** What is used of the SES client; importing the package itself on demand would bundle all of it. */
export { SendEmailCommand, SESv2Client } from '@aws-sdk/client-sesv2';
