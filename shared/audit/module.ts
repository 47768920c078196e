import { module } from '../contract/module.ts';
import { auditContract } from './audit.contract.ts';

/** The audit trail. */
export const audit = module({
  name: 'audit',
  summary: 'Audit trail',
  contract: auditContract,
  needs: { database: 'app_tenant' },
});
