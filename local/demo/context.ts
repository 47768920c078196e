/** What the parts of a company’s month know of each other. */
import type { Company } from './companies.ts';
import type { Chance } from './random.ts';
import type { Tables } from './tables.ts';
import type { Actor } from './trail.ts';

/** Who is there already: the tenant that was founded, and the demo’s own people. */
export type Known = { tenantId?: string; owner: string; staff: string };

/** How many days everything is about. */
export const monthDays = 30;

export type Context = {
  company: Company;
  chance: Chance;
  at: Date;
  foundedAt: Date;
  tenantId: string;
  /** An owner. */
  first: Actor;
  /** Whoever does things there. */
  acting: [Actor, ...Actor[]];
  tables: Tables;
  known: Known;
};
