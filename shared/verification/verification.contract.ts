/** One-time codes that prove a mobile number or an e-mail address (IDN-7). */
import * as z from 'zod';
import { codeChannels, codeLimits } from '../config/verification.ts';
import { endpoint } from '../contract/endpoint.ts';
import { problem, problems } from '../contract/errors.ts';

export const channelNotOffered = problem(
  'verification.channel_not_offered',
  422,
  'Codes are not sent this way here.',
);
/** One answer for every code that is not good, so that it tells nothing of the one that is. */
export const codeRefused = problem(
  'verification.code_refused',
  422,
  'The code is not right, was used, or is no longer valid.',
);

/** An address that the caller has proved to be theirs. */
export const verifiedAddressSchema = z
  .object({
    kind: z.enum(['phone', 'email']),
    address: z.string(),
    channel: z.enum(codeChannels).describe('How the code was sent'),
    verifiedAt: z.iso.datetime(),
  })
  .meta({ id: 'VerifiedAddress' });

const common = { plane: 'user', method: 'POST', rate: 'standard', meter: 'api_calls' } as const;

export const verificationContract = {
  send: endpoint({
    ...common,
    path: '/v1/me/verifications',
    summary: 'Send a one-time code; at most three an hour, and each makes the one before it worthless',
    body: z.object({
      channel: z.enum(codeChannels),
      address: z
        .string()
        .trim()
        .min(3)
        .max(254)
        .describe('An e-mail address, or a mobile number like +447700900123'),
    }),
    output: z.object({
      channel: z.enum(codeChannels),
      address: z.string().describe('As it will be kept'),
      validMinutes: z.int().describe('From when it is sent'),
    }),
    status: 202,
    capability: 'verification',
    idempotency: 'optional',
    errors: [problems.invalidInput, channelNotOffered],
    requirements: ['IDN-7', 'LIM-1'],
  }),
  verify: endpoint({
    ...common,
    path: '/v1/me/verifications/verify',
    summary: 'Prove an address with the code that was sent to it; at most five tries an hour',
    body: z.object({
      code: z.string().regex(new RegExp(`^\\d{${codeLimits.digits}}$`), 'must be six digits'),
      channel: z.enum(codeChannels).optional(),
    }),
    output: verifiedAddressSchema,
    capability: 'verification',
    idempotency: 'optional',
    errors: [codeRefused],
    requirements: ['IDN-7', 'LIM-1'],
  }),
};
