import { serve } from '#shared/middleware/serve.ts';
import { sessions } from '#shared/sessions/module.ts';
import { sessionsOps } from '#shared/sessions/sessions.ops.ts';

export const handler = serve(sessions, sessionsOps);
