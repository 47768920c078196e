/** How every AWS SDK client of the kernel is made: short timeouts that really end a call, and one retry (OPS-7). */

/** Client options; a call fails after at most twice the request timeout. */
export function awsClientOptions(requestTimeoutMs = 1_000) {
  return {
    maxAttempts: 2,
    requestHandler: {
      connectionTimeout: 500,
      requestTimeout: requestTimeoutMs,
      // Without this the SDK only logs that the time is over, and goes on waiting.
      throwOnRequestTimeout: true,
    },
  };
}
