/** Every five minutes: the deployment is visited from outside. Alarms watch what comes of it, and that it comes. */
import { settings } from '#shared/config/environment.ts';
import { canaryKey } from '#shared/health/canary-key.ts';
import { dependencies, visit } from '#shared/health/canary.ts';
import { countMetric, gaugeMetric, logFor } from '#shared/middleware/telemetry.ts';

const log = logFor({ job: 'canary' });

export const handler = async (): Promise<void> => {
  const { apiUrl, keySecretArn } = settings.canary();
  const { durationMs, failed, down, read } = await visit(apiUrl, await canaryKey(keySecretArn));
  log.info('canary', { durationMs, failed, down, read });
  gaugeMetric('CanaryFailures', failed.length);
  // Its average is the uptime.
  gaugeMetric('CanaryUp', failed.length === 0 ? 1 : 0);
  gaugeMetric('CanaryDuration', durationMs);
  for (const dependency of dependencies) {
    if (down.includes(dependency)) countMetric('DependencyDown', { dependency });
  }
};
