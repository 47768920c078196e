/**
 * The capability registry (CAP-1): what the kernel can do, who has it by default, and what production
 * cannot run without. Endpoints name their capability in the contract; the chain enforces it.
 */
import type { Plan } from './plans.ts';

/** One capability. `plans` overrides the default for a plan. */
export type Capability = {
  summary: string;
  priority: 'P0' | 'P1' | 'P2';
  enabledByDefault: boolean;
  requiredForProduction: boolean;
  plans?: Partial<Record<Plan, boolean>>;
};

export const capabilities = {
  tenancy: {
    summary: 'Tenants and their life cycle',
    priority: 'P0',
    enabledByDefault: true,
    requiredForProduction: true,
  },
  identity: {
    summary: 'Profiles, memberships and tenant switch',
    priority: 'P0',
    enabledByDefault: true,
    requiredForProduction: true,
  },
  members: {
    summary: 'Members, invitations and roles',
    priority: 'P0',
    enabledByDefault: true,
    requiredForProduction: true,
  },
  audit: {
    summary: 'The audit trail',
    priority: 'P0',
    enabledByDefault: true,
    requiredForProduction: true,
  },
  platform: {
    summary: 'Administration of the platform',
    priority: 'P0',
    enabledByDefault: true,
    requiredForProduction: true,
  },
  health: {
    summary: 'Health of the deployment',
    priority: 'P0',
    enabledByDefault: true,
    requiredForProduction: true,
  },
} as const satisfies Record<string, Capability>;

export type CapabilityName = keyof typeof capabilities;
