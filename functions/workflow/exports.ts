import { reports } from '../reports.ts';
import { exportsSteps } from '#shared/exports/exports.steps.ts';
import { exports } from '#shared/exports/module.ts';
import { work } from '#shared/middleware/work.ts';

export const handler = work(exports, exportsSteps(reports));
