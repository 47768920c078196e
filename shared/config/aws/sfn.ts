/** What is used of the Step Functions client; importing the package itself on demand would bundle all of it. */
export { SFNClient, StartExecutionCommand } from '@aws-sdk/client-sfn';
