/** What is used of the CloudWatch client; importing the package itself on demand would bundle all of it. */
export { CloudWatchClient, GetMetricDataCommand } from '@aws-sdk/client-cloudwatch';
