/**
 * Feature flags (CAP-2): what is tried out or left to taste, beside capabilities, which are what a plan includes.
 * The platform sets them for all or for one tenant, and a tenant for itself where it may.
 */

/** One flag. */
export type Flag = {
  summary: string;
  /** Its value where nobody has set it. */
  default: boolean;
  /** The tenant's administrators may set it for their tenant. */
  tenantMaySet: boolean;
  /** Only the tenant itself can say yes; the platform can only say no. */
  onlyTenantTurnsOn?: true;
};

export const flags = {
  early_access: {
    summary: 'Shows what is not released to everybody yet',
    default: false,
    tenantMaySet: false,
  },
  ai_chat: { summary: 'Chat with a model is offered', default: true, tenantMaySet: true },
  ai_suggestions: { summary: 'A model makes suggestions', default: true, tenantMaySet: true },
  ai_api: {
    summary: 'Programs made for a provider’s own interface may call models',
    default: true,
    tenantMaySet: true,
  },
  ai_content: { summary: 'A model drafts texts', default: true, tenantMaySet: true },
  ai_transcripts: {
    summary: 'Prompts and answers are kept for 30 days, for those who may read them',
    default: false,
    tenantMaySet: true,
    onlyTenantTurnsOn: true,
  },
} as const satisfies Record<string, Flag>;

export type FlagName = keyof typeof flags;

export const flagNames = Object.keys(flags) as [FlagName, ...FlagName[]];

/** The flags that a tenant may set for itself. */
export const tenantFlagNames = flagNames.filter((name) => flags[name].tenantMaySet) as [
  FlagName,
  ...FlagName[],
];
