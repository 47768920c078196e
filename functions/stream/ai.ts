import { callOps } from '#shared/ai/calls.ops.ts';
import { governedEngine } from '#shared/ai/governed-engine.ts';
import { ai } from '#shared/ai/module.ts';
import { configuredModels } from '#shared/ai/providers/configured.ts';
import { chooseModel } from '#shared/ai/routing/choose.ts';
import { keeping } from '#shared/ai/transcripts/keep.ts';
import { serveStream } from '#shared/middleware/serve-stream.ts';
import { countMetric, logFor } from '#shared/middleware/telemetry.ts';

const log = logFor({ job: 'models' });

/** Alarms watch both. Neither says anything of a prompt, an answer or a key. */
const models = configuredModels({
  onFailure: (failed) => {
    log.warn('an attempt to call a model failed', failed);
    countMetric('ModelFailures');
  },
  onMissingKey: (missing) => {
    log.error('a provider of models has no key: put one into its secret (docs/ai.md)', missing);
    countMetric('ModelKeysMissing');
  },
});

export const handler = serveStream(ai, callOps(keeping(governedEngine(models, chooseModel))));
