/** Why a caller is not let in, apart from limits: session, tenant, capability, permission. The default is to refuse. */
import { fail, type Failure, problems } from '../contract/errors.ts';
import { recordDenial, recordForeignAttempt } from './attempts.ts';
import { permissionDenial } from './authorize.ts';
import { sessionDenial } from './caller-party.ts';
import { namedTenant } from './enter-tenant.ts';
import type { ApiEvent, Exchange } from './exchange.ts';
import { capabilityDenial } from './require-capability.ts';

/** Why this request is not let in, as far as this instance knows; undefined when it is. */
export function denialOf(exchange: Exchange): Failure | undefined {
  const ended = sessionDenial(exchange);
  if (ended !== undefined) return ended;
  if (exchange.called.endpoint.plane === 'tenant') {
    const { tenant } = exchange;
    if (tenant?.status === 'suspended') return fail(problems.tenantSuspended);
    if (tenant?.status !== 'active') return fail(problems.notFound);
  }
  return capabilityDenial(exchange) ?? permissionDenial(exchange);
}

/** The refusal, once security has been told of it, where it wants to know (TEN-11). */
export async function told(event: ApiEvent, exchange: Exchange, denial: Failure): Promise<Failure> {
  const { called, tenant } = exchange;
  if (denial.problem === problems.forbidden) await recordDenial(exchange, called.endpoint.permission);
  const named = namedTenant(event);
  if (called.endpoint.plane === 'tenant' && tenant === undefined && named !== undefined) {
    await recordForeignAttempt(exchange, named);
  }
  return worded(event, exchange, denial);
}

/** The refusal as the caller reads it: who named no tenant, and has none that is meant, is asked for one. */
export function worded(
  event: ApiEvent,
  { called, tenant, impersonation }: Exchange,
  denial: Failure,
): Failure {
  const isNowhere = called.endpoint.plane === 'tenant' && tenant === undefined && impersonation === undefined;
  return isNowhere && namedTenant(event) === undefined ? fail(problems.tenantRequired) : denial;
}
