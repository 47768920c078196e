import { membersWorkers } from '#shared/members/members.jobs.ts';
import { members } from '#shared/members/module.ts';
import { consume } from '#shared/middleware/consume.ts';

export const handler = consume(members, membersWorkers);
