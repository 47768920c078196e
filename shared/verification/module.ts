import { module } from '../contract/module.ts';
import { verificationContract } from './verification.contract.ts';
import { verificationJobs } from './verification.events.ts';

/** One-time codes, and what guards signing in. */
export const verification = module({
  name: 'verification',
  summary: 'One-time codes and lockout',
  contract: verificationContract,
  jobs: verificationJobs,
  needs: {
    database: 'app_tenant',
    email: true,
    phone: true,
    linkSecret: true,
    workersUseGate: true,
  },
});
