/**
 * The evidence pack (EXP-4): what an auditor asks a tenant for, of one period, in one file. It is a report as any
 * other, so it has a purpose, a requester, one snapshot, and a short life.
 */
import * as z from 'zod';
import { report } from '../contract/report.ts';

/** Its sections, in the order in which they stand. */
export const evidenceSections = [
  'Members and roles',
  'Configuration',
  'Refusals and other security events',
  'Exports and downloads',
  'Restores',
  'Rehearsed restores',
  'Audit chain',
] as const;

const text = { type: 'text', classification: 'internal' } as const;
const moment = z.iso
  .datetime({ offset: true })
  .refine((at) => at >= '2000' && at < '2100', 'must be a time of this century');

export const evidenceReports = {
  evidence: report({
    id: 'audit.evidence_pack',
    summary:
      'Evidence pack: members, configuration, refusals, exports, restores and their rehearsals of a period, and the audit chain',
    parameters: z.object({
      from: moment.optional().describe('Not before; members, configuration and chain are those of now'),
      to: moment.optional().describe('Before'),
    }),
    columns: {
      section_number: { type: 'integer', label: 'No.', classification: 'internal' },
      section: { ...text, label: 'Section' },
      at: { type: 'timestamp', label: 'Time', classification: 'internal' },
      what: { ...text, label: 'What' },
      subject: { ...text, label: 'Subject', classification: 'personal' },
      actor: { ...text, label: 'Actor', classification: 'personal' },
      // Refusals, addresses and limits together tell where a tenant is weak.
      detail: { type: 'json', label: 'Detail', classification: 'sensitive' },
      id: { type: 'id', of: null, label: 'Id', classification: 'internal', printed: false },
    },
    permission: 'audit:read',
    capability: 'evidence_pack',
    sensitive: true,
    order: ['section_number', 'at', 'id', 'what'],
    appendOnly: false,
    requirements: ['EXP-4', 'EXP-1'],
  }),
};
