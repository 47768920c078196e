/** What is used of the presigner; importing the package itself on demand would bundle all of it. */
export { getSignedUrl } from '@aws-sdk/s3-request-presigner';
