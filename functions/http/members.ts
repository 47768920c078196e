import { members } from '#shared/members/module.ts';
import { membersOps } from '#shared/members/members.ops.ts';
import { serve } from '#shared/middleware/serve.ts';

export const handler = serve(members, membersOps);
