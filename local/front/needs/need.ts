/** What a call needs: one IAM action on one resource. A batch needs several, and each is judged. */
import type { RequestContext } from '../../iam/conditions.ts';

export type Need = { action: string; resource: string; context?: RequestContext };

/** Where the stack pretends to be, and the facts about it that a request alone does not tell. */
export type Place = {
  region: string;
  accountId: string;
  /** Partition key attribute of a table, for `dynamodb:LeadingKeys`. */
  partitionKey?: (table: string) => Promise<string | undefined>;
  /** The ARN of a secret that was asked for by name. */
  secretArn?: (idOrName: string) => string | undefined;
  /** Whether this address is a verified identity of its own, and not only its domain. */
  isMailIdentity?: (address: string) => boolean;
  /** The configuration set that an identity sends with when a call names none. */
  configurationSet?: (identity: string) => string | undefined;
};

export type Body = Record<string, unknown>;

/** `arn:aws:<service>:<region>:<account>:<rest>` */
export function arn(place: Place, service: string, rest: string): string {
  return `arn:aws:${service}:${place.region}:${place.accountId}:${rest}`;
}

/** A member of a request body that must be a string; what is missing is the caller's mistake, said by the part. */
export function text(body: Body, member: string): string {
  const value = body[member];
  return typeof value === 'string' ? value : '';
}

export function objects(value: unknown): Body[] {
  return Array.isArray(value)
    ? value.filter((one): one is Body => typeof one === 'object' && one !== null)
    : [];
}
