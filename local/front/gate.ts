/** Keeps the roles and decides: may this caller do everything that this call needs? */
import type { RequestContext } from '../iam/conditions.ts';
import { denial } from '../iam/denial.ts';
import { type Verdict, judgeCompiled } from '../iam/judge.ts';
import {
  type CompiledStatement,
  type PolicyDocument,
  type StatementRef,
  compilePolicies,
} from '../iam/policy.ts';
import { AwsError } from '../parts/contract.ts';
import { RUNTIME_KEY } from './call.ts';
import type { Need, Place } from './needs/need.ts';

export type Role = {
  /** Logical id or name, for messages and reports. */
  role: string;
  policies: PolicyDocument[];
};

export type Decision = {
  role: string;
  service: string;
  action: string;
  resource: string;
  allowed: boolean;
  statement?: StatementRef;
};

export type Caller = {
  role: string;
  runtime: boolean;
  statements: CompiledStatement[];
  memo: Map<string, Verdict>;
};

export type Gate = {
  setRoles(roles: ReadonlyMap<string, Role>): void;
  caller(accessKeyId: string): Caller | undefined;
  /** Resolves when every need is granted; throws AccessDeniedException that names the first one that is not. */
  check(
    caller: Caller,
    service: string,
    needs: readonly Need[],
    more?: () => Promise<RequestContext>,
  ): Promise<void>;
};

/** Resources of S3 are as many as there are objects; the memory of verdicts must not grow with them. */
const MEMO_LIMIT = 10_000;

const RUNTIME: Caller = { role: RUNTIME_KEY, runtime: true, statements: [], memo: new Map() };

export function createGate(options: {
  place: Place;
  roles: ReadonlyMap<string, Role>;
  onDecision?: ((decision: Decision) => void) | undefined;
}): Gate {
  const { place, onDecision } = options;
  let callers = compile(options.roles);

  return {
    setRoles: (roles) => {
      callers = compile(roles);
    },
    caller: (accessKeyId) => (accessKeyId === RUNTIME_KEY ? RUNTIME : callers.get(accessKeyId)),
    check: async (caller, service, needs, more) => {
      if (caller.runtime) return;
      for (const need of needs) {
        const verdict = await decide(place, caller, need, more);
        onDecision?.({
          role: caller.role,
          service,
          action: need.action,
          resource: need.resource,
          allowed: verdict.allowed,
          ...(verdict.statement === undefined ? {} : { statement: verdict.statement }),
        });
        if (!verdict.allowed) throw denied(place, caller, need, verdict);
      }
    },
  };
}

async function decide(
  place: Place,
  caller: Caller,
  need: Need,
  more?: () => Promise<RequestContext>,
): Promise<Verdict> {
  const key = `${need.action} ${need.resource}`;
  const known = caller.memo.get(key);
  if (known !== undefined) return known;

  const facts = (): RequestContext => ({ ...commonFacts(place, caller), ...need.context });
  const verdict = judgeCompiled(caller.statements, need.action, need.resource, facts);
  if (verdict.conditional) {
    if (more === undefined) return verdict;
    const all = { ...facts(), ...(await more()) };
    return judgeCompiled(caller.statements, need.action, need.resource, () => all);
  }
  if (caller.memo.size >= MEMO_LIMIT) caller.memo.clear();
  caller.memo.set(key, verdict);
  return verdict;
}

function compile(roles: ReadonlyMap<string, Role>): Map<string, Caller> {
  return new Map(
    [...roles].map(([key, { role, policies }]) => [
      key,
      { role, runtime: false, statements: compilePolicies(policies), memo: new Map<string, Verdict>() },
    ]),
  );
}

function commonFacts(place: Place, caller: Caller): RequestContext {
  return {
    // Loopback stands in for TLS: on AWS every one of these calls is encrypted.
    'aws:SecureTransport': true,
    'aws:RequestedRegion': place.region,
    'aws:PrincipalAccount': place.accountId,
    'aws:ResourceAccount': place.accountId,
    'aws:PrincipalArn': `arn:aws:iam::${place.accountId}:role/${caller.role}`,
  };
}

function denied(place: Place, caller: Caller, need: Need, verdict: Verdict): AwsError {
  const { action, resource } = need;
  const { accountId } = place;
  const message = denial({ accountId, role: caller.role, action, resource, verdict });
  return new AwsError('AccessDeniedException', message, 403);
}
