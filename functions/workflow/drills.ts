import { drillsSteps } from '#shared/drills/drills.steps.ts';
import { drills } from '#shared/drills/module.ts';
import { countMetric, gaugeMetric } from '#shared/middleware/telemetry.ts';
import { work } from '#shared/middleware/work.ts';

export const handler = work(drills, drillsSteps({ countMetric, gaugeMetric }));
