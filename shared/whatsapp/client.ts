/** What is used of the client; importing the package itself on demand would bundle all of it. */
export { SendWhatsAppMessageCommand, SocialMessagingClient } from '@aws-sdk/client-socialmessaging';
