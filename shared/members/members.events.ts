/** Work that the members module does later. */
import * as z from 'zod';
import { idSchema } from '../contract/ids.ts';
import { job } from '../contract/job.ts';

export const membersJobs = {
  sendInvitation: job({
    name: 'members.sendInvitation',
    summary: 'Mail the link of an invitation',
    // Neither the address nor the link: the worker reads the one and derives the other.
    payload: z.object({ invitationId: idSchema('invitation') }),
    capability: 'invitations',
    requirements: ['TEN-8', 'CAP-3'],
  }),
};
