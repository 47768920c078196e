import { reports } from '../reports.ts';
import { exportsOps } from '#shared/exports/exports.ops.ts';
import { exports } from '#shared/exports/module.ts';
import { serve } from '#shared/middleware/serve.ts';

export const handler = serve(exports, exportsOps(reports));
