/**
 * The gate (IDN-4, LIM-1, LIM-2, CAP-3, TEN-3): is the tenant active, is the session or key still good, is the
 * capability on, may the caller do this, is there rate and usage left. What this instance remembers is assumed, and
 * the same round trip that counts the request says whether it still holds; what moved is read again. Nobody is
 * refused on the strength of a memory, and what is refused costs the caller and never the tenant (TEN-12).
 */
import { fail, problems } from '../contract/errors.ts';
import { admit, admitBoth, assertNotRefused, type Passage } from '../limits/gate.ts';
import { impersonationEnded } from '../limits/impersonations.ts';
import { gateKeys } from '../limits/keys.ts';
import { addressParty, tenantParty } from '../limits/parties.ts';
import { giveBack, type Party } from '../limits/take.ts';
import { withdrawVersion } from '../limits/versions.ts';
import { permissionsOn } from './authorize.ts';
import { renewedKey, rereadKey } from './calling-key.ts';
import { callerKey, callerParty } from './caller-party.ts';
import { assumedPlatform, currentPlatform } from './current-platform.ts';
import { denialOf, told } from './denial.ts';
import { enteredAgain, enteredAnew, enteredFromMemory, ofKey } from './enter-tenant.ts';
import { type ApiEvent, deadlineOf, type Exchange, known, type Link, momentOf } from './exchange.ts';
import { noteUsage } from './usage-alerts.ts';

/** Lets a request through or refuses it; on the tenant plane it has entered its tenant then. */
export function passGate(): Link {
  return {
    before: async ({ event, context: { exchange } }) => {
      const { plane } = exchange.called.endpoint;
      if (plane === 'public') return passAddress(exchange);
      assertNotRefused({ key: callerKey(exchange) }, exchange.startedAt);
      await (plane === 'tenant' ? passTenant(event, exchange) : passCaller(event, exchange));
      exchange.permissions = permissionsOn(exchange);
    },
  };
}

/** Public endpoints: the address, where the endpoint's class has a rate. */
async function passAddress(exchange: Exchange): Promise<void> {
  const { ip } = exchange.source;
  const address = addressParty(ip, exchange.called.endpoint.rate, exchange.startedAt);
  if (address !== undefined) await countAlone(exchange, address);
}

/** Outside of any tenant: the caller, and what holds for everybody. */
async function passCaller(event: ApiEvent, exchange: Exchange): Promise<void> {
  [exchange.platform] = await Promise.all([
    currentPlatform(exchange),
    countAlone(exchange, callerParty(exchange)),
  ]);
  const denial = denialOf(exchange);
  if (denial !== undefined) throw await told(event, exchange, denial);
  if (exchange.impersonation === undefined) return;
  // It is the tenant that lets support see its member: not while it is suspended, nor once the member has left.
  const entry = await enteredAnew(event, exchange);
  if (entry?.status !== 'active') throw impersonationEnded(exchange.impersonation.id, exchange.startedAt);
}

/** How often a configuration may move while one request waits to be let in. */
const tries = 4;

async function passTenant(event: ApiEvent, exchange: Exchange): Promise<void> {
  exchange.tenant = enteredFromMemory(event, exchange);
  exchange.platform = await assumedPlatform(exchange);
  if (denialOf(exchange) !== undefined) {
    if (exchange.apiKey !== undefined) exchange.apiKey = await rereadKey(exchange, exchange.apiKey);
    exchange.tenant = await enteredAnew(event, exchange);
  }
  for (let attempt = 1; attempt <= tries; attempt += 1) {
    await refuseDenied(event, exchange);
    const tenant = tenantPartyOf(exchange);
    const [passage, platform] = await Promise.all([
      admitBoth(callerParty(exchange), tenant, momentOf(exchange)),
      currentPlatform(exchange),
    ]);
    exchange.platform = platform;
    if ('moved' in passage) {
      await renew(exchange, passage);
      continue;
    }
    const denial = denialOf(exchange);
    if (denial === undefined) {
      exchange.limits = passage.states;
      await noteUsage(exchange, passage.states);
      return;
    }
    // Switched off since this instance last looked; what is not taken back here only shortens the tenant's minute.
    await giveBack(tenant, deadlineOf(exchange)).catch(() => undefined);
    throw await told(event, exchange, denial);
  }
  throw fail(problems.unavailable);
}

/** Counts a caller who is not let in and refuses; unless it was an old switch that kept them out. */
async function refuseDenied(event: ApiEvent, exchange: Exchange): Promise<void> {
  if (denialOf(exchange) === undefined) return;
  [exchange.platform] = await Promise.all([
    currentPlatform(exchange),
    countAlone(exchange, callerParty(exchange)),
  ]);
  const denial = denialOf(exchange);
  if (denial !== undefined) throw await told(event, exchange, denial);
}

/** Reads again what moved since this instance read it, and takes back what was announced and never came. */
async function renew(exchange: Exchange, { moved, to }: Extract<Passage, { moved: unknown }>): Promise<void> {
  const deadlineMs = deadlineOf(exchange);
  const stale = known(exchange.tenant, 'tenant');
  if (exchange.apiKey === undefined) {
    exchange.tenant = await enteredAgain(exchange, stale);
  } else {
    exchange.apiKey = await renewedKey(exchange, exchange.apiKey);
    exchange.tenant = ofKey(exchange.apiKey, undefined);
  }
  const { apiKey, tenant } = exchange;
  if (moved === 'caller' && apiKey !== undefined && apiKey.version < to) {
    await withdrawVersion(gateKeys.apiKey(apiKey.id), to, apiKey.version, deadlineMs);
  }
  if (moved === 'tenant' && tenant !== undefined && tenant.version < to) {
    await withdrawVersion(gateKeys.tenant(tenant.id), to, tenant.version, deadlineMs);
  }
}

function tenantPartyOf(exchange: Exchange): Party {
  return tenantParty(known(exchange.tenant, 'tenant'), exchange.called.endpoint.meter, exchange.startedAt);
}

async function countAlone(exchange: Exchange, party: Party): Promise<void> {
  const admission = await admit(party, momentOf(exchange));
  // A key that moved meanwhile is not counted; whoever counts it alone refuses it anyway.
  if ('states' in admission) exchange.limits = admission.states;
}
