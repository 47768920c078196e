/** AWS's own sentence for a refusal, so that a message met here is found where AWS's is explained. */
import type { Verdict } from './judge.ts';

/** Says who may not do what on which resource, and why. */
export function denial(refused: {
  accountId: string;
  role: string;
  action: string;
  resource: string;
  verdict: Verdict;
}): string {
  const { accountId, role, action, resource, verdict } = refused;
  const principal = `arn:aws:sts::${accountId}:assumed-role/${role}/local`;
  const why =
    verdict.reason === 'explicit-deny'
      ? 'with an explicit deny in an identity-based policy'
      : `because no identity-based policy allows the ${action} action`;
  return `User: ${principal} is not authorized to perform: ${action} on resource: ${resource} ${why}`;
}
