/**
 * The capability registry (CAP-1): what the kernel can do, who has it by default, and what production
 * cannot run without. Endpoints name their capability in the contract; the chain enforces it.
 */
import type { Plan } from './plans.ts';

/** What can be stopped at once, for everybody or for one tenant (CAP-3). */
export const killSwitches = {
  messaging: 'Whatever is sent to people',
  ai: 'Whatever calls a model',
  exports: 'Whatever leaves as a file',
  sync: 'Whatever is exchanged with devices and other systems',
} as const satisfies Record<string, string>;

export type KillSwitch = keyof typeof killSwitches;

export const killSwitchNames = Object.keys(killSwitches) as [KillSwitch, ...KillSwitch[]];

/** One capability. `plans` overrides the default for a plan. */
export type Capability = {
  summary: string;
  priority: 'P0' | 'P1' | 'P2';
  enabledByDefault: boolean;
  /** Production cannot run without it, so nothing switches it off. */
  requiredForProduction: boolean;
  plans?: Partial<Record<Plan, boolean>>;
  /** The kill switch that stops it. */
  switch?: KillSwitch;
  /** It has a name and a place in the plans, and does not exist yet: it is off, and no endpoint may name it. */
  planned?: true;
};

const required = { priority: 'P0', enabledByDefault: true, requiredForProduction: true } as const;
const later = { enabledByDefault: true, requiredForProduction: false, planned: true } as const;
/** What the larger plans include (CAP-4). */
const fromPro = { enabledByDefault: false, plans: { pro: true, enterprise: true } } as const;
const enterprise = { enabledByDefault: false, plans: { enterprise: true } } as const;

export const capabilities = {
  tenancy: { ...required, summary: 'Tenants and their life cycle' },
  settings: { ...required, summary: 'Settings of a tenant, and what is on for it' },
  identity: { ...required, summary: 'Profiles, memberships and tenant switch' },
  members: { ...required, summary: 'Members and their roles' },
  keys: { ...required, summary: 'API keys of a tenant' },
  audit: { ...required, summary: 'The audit trail' },
  platform: { ...required, summary: 'Administration of the platform' },
  health: { ...required, summary: 'Health of the deployment' },
  invitations: {
    summary: 'Inviting people by e-mail',
    priority: 'P0',
    enabledByDefault: true,
    requiredForProduction: false,
    switch: 'messaging',
  },
  verification: {
    summary: 'Proving a mobile number or an address with a one-time code',
    priority: 'P0',
    enabledByDefault: true,
    requiredForProduction: false,
    switch: 'messaging',
  },
  usage_mail: {
    summary: 'Mail to owners when a limit is nearly used up',
    priority: 'P1',
    enabledByDefault: true,
    requiredForProduction: false,
    switch: 'messaging',
  },

  // Tenants and access
  db_per_tenant: { ...later, ...enterprise, priority: 'P1', summary: 'A database for one tenant alone' },
  organisation_units: { ...later, priority: 'P1', summary: 'Sites and units inside a tenant' },
  sso: { ...later, ...enterprise, priority: 'P1', summary: 'Sign-in through a tenant’s own directory' },
  scim: { ...later, ...enterprise, priority: 'P2', summary: 'People and groups from a tenant’s directory' },
  impersonation: {
    summary: 'Support acts for a member, with consent',
    priority: 'P1',
    enabledByDefault: true,
    requiredForProduction: false,
  },
  rbac: { ...later, ...enterprise, priority: 'P1', summary: 'Roles that a tenant composes' },
  policies: { ...later, priority: 'P1', summary: 'Policies as data' },
  entitlements: { ...later, priority: 'P1', summary: 'What a tenant has bought' },
  audit_stream: { ...later, ...enterprise, priority: 'P1', summary: 'The audit trail as a live stream' },

  // Governed AI
  ai: {
    summary: 'The gateway to model providers',
    priority: 'P1',
    enabledByDefault: true,
    requiredForProduction: false,
    switch: 'ai',
  },
  ai_costs: {
    summary: 'What AI costs, and its budgets',
    priority: 'P1',
    enabledByDefault: true,
    requiredForProduction: false,
  },
  ai_chat: { ...later, priority: 'P2', switch: 'ai', summary: 'Chat with a model' },
  ai_insights: { ...later, priority: 'P2', switch: 'ai', summary: 'Insights, summaries, recommendations' },
  prompts: {
    summary: 'Versioned prompts, and how models write',
    priority: 'P2',
    enabledByDefault: true,
    requiredForProduction: false,
  },
  semantic_search: { ...later, priority: 'P2', switch: 'ai', summary: 'Search by meaning' },

  // What leaves, and what comes back
  exports: {
    summary: 'Reports as files',
    priority: 'P1',
    enabledByDefault: true,
    requiredForProduction: false,
    switch: 'exports',
  },
  evidence_pack: {
    summary: 'Evidence for auditors',
    priority: 'P2',
    enabledByDefault: true,
    requiredForProduction: false,
    switch: 'exports',
  },
  backups: {
    summary: 'Backups of a tenant',
    priority: 'P0',
    enabledByDefault: true,
    requiredForProduction: false,
  },
  restore: {
    summary: 'Restoring one tenant',
    priority: 'P0',
    enabledByDefault: true,
    requiredForProduction: false,
  },
  drills: {
    summary: 'Restores that are rehearsed',
    priority: 'P1',
    enabledByDefault: true,
    requiredForProduction: false,
  },
  failover: {
    summary: 'Going on in another region',
    priority: 'P1',
    enabledByDefault: true,
    requiredForProduction: false,
  },
  privacy: { ...later, priority: 'P0', summary: 'Requests of data subjects, consents, retention' },

  // Money
  billing: { ...later, priority: 'P0', summary: 'Subscriptions and invoices' },
  metering: { ...later, priority: 'P1', summary: 'Metered usage for billing' },
  subscriptions: { ...later, priority: 'P2', summary: 'Subscriptions as operators see them' },

  // Messages
  messaging: { ...later, priority: 'P1', switch: 'messaging', summary: 'Messages over several channels' },
  message_templates: { ...later, priority: 'P1', summary: 'Templates of messages' },
  notifications: { ...later, priority: 'P1', switch: 'messaging', summary: 'Notices and preferences' },
  marketing_email: { ...later, priority: 'P2', switch: 'messaging', summary: 'Campaigns by e-mail' },
  social_posting: {
    ...later,
    ...fromPro,
    ...{ priority: 'P2', switch: 'messaging', summary: 'Posts on social networks' },
  },

  // Other systems
  webhooks: { ...later, priority: 'P1', switch: 'sync', summary: 'Webhooks to others' },
  incoming_webhooks: { ...later, priority: 'P1', switch: 'sync', summary: 'Webhooks of others' },
  integrations: { ...later, priority: 'P1', summary: 'Connections to other accounts' },
  sync: { ...later, priority: 'P1', switch: 'sync', summary: 'Data from other systems' },
  git: { ...later, priority: 'P2', switch: 'sync', summary: 'Git operations' },
  live_chat: { ...later, priority: 'P2', summary: 'Live chat in the console' },
  workflows: { ...later, priority: 'P1', summary: 'Workflows of a tenant' },
  offline: { ...later, priority: 'P1', switch: 'sync', summary: 'Working without a connection' },

  // Products and packages
  templates: { ...later, priority: 'P1', summary: 'Ready-made set-ups' },
  packs: { ...later, ...fromPro, priority: 'P2', summary: 'Feature packs' },
  marketplace: { ...later, ...fromPro, priority: 'P2', summary: 'Offers of partners' },
  storefront: { ...later, priority: 'P1', summary: 'A public shop by name or domain' },
  commerce: { ...later, priority: 'P1', summary: 'Catalogue, orders, donations, pledges' },
  conversions: { ...later, priority: 'P2', summary: 'Visits and what came of them' },
  storefront_chat: { ...later, priority: 'P2', switch: 'ai', summary: 'A model answers in the shop' },
  support: { ...later, priority: 'P1', summary: 'Support tickets' },
  knowledge_base: { ...later, priority: 'P2', summary: 'Articles for members and customers' },
  white_label: { ...later, priority: 'P2', summary: 'A tenant’s own look' },

  // Operations
  analytics: {
    summary: 'Figures of a tenant',
    priority: 'P1',
    enabledByDefault: true,
    requiredForProduction: false,
  },
  fleet: {
    summary: 'Figures of all tenants',
    priority: 'P1',
    enabledByDefault: true,
    requiredForProduction: false,
  },
  error_tracking: { ...later, priority: 'P1', summary: 'Errors reported with their tenant' },
  federation: { ...later, enabledByDefault: false, priority: 'P2', summary: 'Anonymous benchmarks' },
} as const satisfies Record<string, Capability>;

export type CapabilityName = keyof typeof capabilities;

export const capabilityNames = Object.keys(capabilities) as [CapabilityName, ...CapabilityName[]];

/** What may be turned off and on at run time: everything but what production cannot run without. */
export const optionalCapabilityNames = capabilityNames.filter(
  (name) => !capabilities[name].requiredForProduction,
) as [CapabilityName, ...CapabilityName[]];
