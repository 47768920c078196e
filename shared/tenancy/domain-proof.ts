/**
 * How a tenant proves that a domain is its own: a TXT record whose value only this deployment can make, and only
 * for this tenant and this domain. It is derived from the link secret and never stored.
 */
import { createHmac } from 'node:crypto';
import { Resolver } from 'node:dns/promises';
import { settings } from '../config/environment.ts';

/** The record to publish. */
export type DomainProof = { type: 'TXT'; name: string; value: string };

/** The record that proves a domain for a tenant; the tenant is a bare UUID. */
export function domainProof(
  { tenant, domain }: { tenant: string; domain: string },
  secret: string,
): DomainProof {
  // Its purpose is part of what is signed, so that no link's signature can stand in for it.
  const token = createHmac('sha256', secret).update(`plinth/domain/${tenant}/${domain}`).digest('base64url');
  return { type: 'TXT', name: `_plinth.${domain}`, value: `plinth-verification=${token}` };
}

/** One try and short: an operation waits for it. */
const waitMs = 700;

/** Whether the domain's name servers know the record; `no_answer` when nobody answered for them. */
export async function lookFor({ name, value }: DomainProof): Promise<'record' | 'nothing' | 'no_answer'> {
  const resolver = new Resolver({ timeout: waitMs, tries: 1 });
  const servers = settings.nameServers();
  if (servers.length > 0) resolver.setServers(servers);
  // A server that answers piece by piece would have the resolver wait again and again.
  const deadline = setTimeout(() => resolver.cancel(), waitMs);
  try {
    const records = await resolver.resolveTxt(name);
    return records.some((parts) => parts.join('') === value) ? 'record' : 'nothing';
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    return code === 'ENOTFOUND' || code === 'ENODATA' ? 'nothing' : 'no_answer';
  } finally {
    clearTimeout(deadline);
  }
}
