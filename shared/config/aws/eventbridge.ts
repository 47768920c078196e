/** What is used of the EventBridge client; importing the package itself on demand would bundle all of it. */
export { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
