import { module } from '../contract/module.ts';
import { auditContract } from './audit.contract.ts';
import { auditReports } from './audit.reports.ts';
import { evidenceReports } from './evidence.reports.ts';

/** The audit trail. */
export const audit = module({
  name: 'audit',
  summary: 'Audit trail',
  contract: auditContract,
  reports: { ...auditReports, ...evidenceReports },
  needs: { database: 'app_tenant' },
});
