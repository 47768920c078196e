/**
 * What Plinth must do, by id. Endpoints, events, jobs, tables and tests cite these ids; the traceability matrix
 * is made from the citations, and a test compares both with what is claimed here. `served` and `partly` are
 * claims: they need something that serves the requirement and a test that cites it.
 */

/** A requirement; `partly` says what is missing. */
export type Requirement =
  { title: string; status: 'served' | 'planned' } | { title: string; status: 'partly'; missing: string };

/** The areas that the first part of an id names. */
export const requirementAreas: Readonly<Record<string, string>> = {
  TEN: 'Tenants and isolation',
  IDN: 'Identity, sessions, devices',
  ACC: 'Authorisation and policy',
  LIM: 'Rate limits and usage limits',
  AI: 'Governed AI',
  AUD: 'Audit and security events',
  CAP: 'Capabilities, flags, kill switches',
  EXP: 'Reports and exports',
  BKP: 'Backup, restore, disaster recovery',
  BIL: 'Billing and metering',
  MSG: 'Messaging',
  INT: 'Integrations',
  WFL: 'Workflows',
  COM: 'Commerce, the first product',
  SUP: 'Support',
  OFF: 'Offline and mobile',
  PRV: 'Privacy',
  NET: 'Network effects',
  OPS: 'Operations',
  UI: 'Screens',
  GOV: 'Governance',
  ARC: 'Architecture',
  API: 'API',
  VAL: 'Validations',
};

const served = (title: string): Requirement => ({ title, status: 'served' });
const partly = (title: string, missing: string): Requirement => ({ title, status: 'partly', missing });
const planned = (title: string): Requirement => ({ title, status: 'planned' });

export const requirements: Readonly<Record<string, Requirement>> = {
  'TEN-1': served('A tenant’s record: name, slug, pinned residency, plan, status, isolation, domain'),
  'TEN-2': partly(
    'Creating a tenant sets up all it needs, once, and undoes a failed attempt',
    'separate databases, billing, sign-on link, compensation',
  ),
  'TEN-3': partly('Suspending, resuming, deleting with grace, rotating keys; each audited', 'deletion'),
  'TEN-4': served(
    'The tenant of a request comes from verified facts; a header only selects among memberships',
  ),
  'TEN-5': served('The database isolates tenants, in every transaction, closed when none is set'),
  'TEN-6': planned('A database of its own for a tenant whose plan includes it'),
  'TEN-7': planned('Sites and organisation units inside a tenant'),
  'TEN-8': served('Members: invited by mail, listed, changed, removed; the last owner stays'),
  'TEN-9': planned('Running as a single tenant, and going back to it'),
  'TEN-10': partly('Values, limits, flags and domain of one tenant at run time', 'what was deployed last'),
  'TEN-11': served('An attempt across tenants is refused, recorded and raises an alarm'),
  'TEN-12': partly(
    'Holds its promised load, and ten times that without a new schema',
    'measurements on AWS; messages, exports and sessions',
  ),
  'TEN-13': planned('Idle tenants cost little; storage ages; growth has caps'),

  'IDN-1': served('Sign-up and sign-in with verified e-mail, strong passwords, TOTP, Google and Microsoft'),
  'IDN-2': served('Every request’s token is verified: signature, issuer, audience, use, expiry, algorithm'),
  'IDN-3': served('Refreshing through a cookie that scripts cannot read, rotated, reuse detected'),
  'IDN-4': served('Sessions end in time, impersonated ones as well, are listed and revoked'),
  'IDN-5': served('Registry of devices, and their revocation'),
  'IDN-6': partly(
    'Lockout after five failed sign-ins, longer after further ones; signals kept as security events',
    'risk by device, place or leaked passwords',
  ),
  'IDN-7': partly(
    'A mobile number or address is proved by a one-time code over WhatsApp, SMS or e-mail, within its limits',
    'refusing people without a verified number',
  ),
  'IDN-8': served('API keys: hashed, scoped, expiring, rotated with overlap'),
  'IDN-9': planned('Single sign-on of a tenant by SAML and OIDC'),
  'IDN-10': planned('Users and groups provisioned by SCIM'),
  'IDN-11': partly(
    'Impersonation by support: approved, short, audited with both identities',
    'a banner and a page for approving in the console; a mail to those who may approve',
  ),
  'IDN-12': planned('Biometrics open the local store and prove nothing to the server'),
  'IDN-13': planned('Banning a user and lifting the ban'),

  'ACC-1': partly(
    'One versioned permission catalogue; the planes of tenants and platform never mix',
    'roles that a tenant composes itself, assignments for part of a tenant',
  ),
  'ACC-2': served('Built-in roles of tenants and of the platform'),
  'ACC-3': planned('Policies as data, denied by default, each denial recorded with its reason'),
  'ACC-4': partly(
    'The server checks a permission for every operation and reveals nothing when it refuses',
    'screens for managing roles',
  ),

  'LIM-1': partly(
    'Request rates by default, refused with 429 and Retry-After',
    'rates of conversations with a model; sign-ins by address',
  ),
  'LIM-2': partly(
    'Usage limits by plan, effective at once',
    'what takes workflow runs; a refusal of stored bytes; another number of seats for one tenant',
  ),
  'LIM-3': served('Alerts at 80 and 100 percent of a quota: an event, and mail to the owners'),

  'AI-1': served('One gateway to model providers, with fallback and normalised errors'),
  'AI-2': served('A ledger of every call with its cost, sums, export, import, and an alert by day'),
  'AI-3': served('Budgets that are reserved before a call and never exceeded'),
  'AI-4': served('Models chosen by task, plan, budget and the rules of administrators'),
  'AI-5': served('Versioned prompts with preferences of tenants and users'),
  'AI-6': planned('AI features: content, insights, recommendations, chat'),
  'AI-7': planned('Semantic search over a tenant’s own data'),
  'AI-8': planned('AI acts through approved tools, and a person confirms every change'),
  'AI-9': partly('Flags and kill switches for AI', 'flags of one product; there is no product yet'),

  'AUD-1': partly(
    'An append-only audit trail of each tenant that shows tampering: who, what, when, where, why, before and after',
    'sign-ins, which are security events, and messages, which are counted',
  ),
  'AUD-2': partly(
    'Reading what is marked sensitive is audited',
    'Only kept prompts and answers are marked, endpoint by endpoint',
  ),
  'AUD-3': partly('Security events with filters and export', 'sign-ins by SSO as a type of their own'),
  'AUD-4': partly(
    'How long audit, logs and metrics are kept, and legal hold',
    'forgetting rows of trails after seven years, and legal hold; logs are kept as asked, the archive of trails is locked for seven years',
  ),
  'AUD-5': planned('Audit streamed to a tenant’s own monitoring'),

  'CAP-1': served('A registry of capabilities with defaults and overrides, enforced before an operation'),
  'CAP-2': served('Feature flags of platform and tenant'),
  'CAP-3': partly('Kill switches', 'sync has a switch and does not exist yet'),
  'CAP-4': partly('Features by plan', 'the features; the plans name them'),

  'EXP-1': served('Declared reports, run in the background, in several formats'),
  'EXP-2': served('Every export has a purpose and a requester; sensitive ones a permission'),
  'EXP-3': served('Downloads by signed, short-lived addresses'),
  'EXP-4': served('An evidence pack for a tenant'),

  'BKP-1': served('Continuous and nightly backups in the tenant’s residency'),
  'BKP-2': served('Restoring one tenant without touching another'),
  'BKP-3': served('Restores are rehearsed and timed'),
  'BKP-4': partly(
    'Failing over inside a residency',
    'a second cell follows and goes on by its own machine, rehearsed on a laptop and never on AWS; the user pool is not replicated, and the records of the API’s name are made by whoever owns the domain',
  ),

  'BIL-1': planned('Subscriptions by Stripe; limits follow the plan'),
  'BIL-2': planned('Metered usage, never billed twice'),
  'BIL-3': planned('Overview of subscriptions for operators'),

  'MSG-1': planned('Messages over several channels with fallback and retries'),
  'MSG-2': planned('Approved, localised templates'),
  'MSG-3': planned('Preferences, and the product’s standard notices'),

  'INT-1': planned('Incoming webhooks: verified and deduplicated'),
  'INT-2': planned('Outgoing webhooks: signed, retried, logged'),
  'INT-3': planned('OAuth connections to other services'),
  'INT-4': planned('Scheduled synchronisation of data'),
  'INT-5': planned('Live chat in the console'),

  'WFL-1': planned('Workflows of a tenant: triggers, steps, history'),
  'WFL-2': planned('Runs are queued, repeatable and limited in time'),

  'COM-1': planned('Storefront, catalogue and media'),
  'COM-2': planned('Orders, donations and pledges'),
  'COM-3': planned('Attribution of visits, and a dashboard'),
  'COM-4': planned('Chat on the storefront'),

  'SUP-1': planned('Support tickets with response times'),
  'SUP-2': planned('Knowledge base'),

  'OFF-1': planned('Capturing offline in an encrypted store; replay is safe'),
  'OFF-2': planned('The server decides conflicts, and people see them'),

  'PRV-1': planned('Requests of data subjects'),
  'PRV-2': partly('Retention, purging, consents and residency', 'Consents; the purge of a deleted tenant'),

  'NET-1': planned('Benchmarks of tenants who opted in, anonymous'),
  'NET-2': planned('Marketplace of partners'),

  'OPS-1': partly(
    'Structured logs without personal data, metrics, traces, dashboards and alarms',
    'remedies that start themselves',
  ),
  'OPS-2': served('Error tracking with tenant and plan'),
  'OPS-3': served('Health, with a check of each dependency'),
  'OPS-4': partly('Figures of the whole fleet, and a weekly pulse', 'revenue of subscriptions'),
  'OPS-5': partly(
    'One deployment for each region; environments apart; no secret in code',
    'the delivery pipeline and gradual shifts of traffic',
  ),
  'OPS-6': partly(
    'Demo data, and a smoke test of the product’s story',
    'the catalogue, an order and the dashboard in the story',
  ),
  'OPS-7': partly(
    'Promised availability and latency; statements and calls end in time',
    'measurements on AWS',
  ),
  'OPS-8': partly(
    'Runbooks and guides for whoever operates, administers and audits',
    'guides to single sign-on, billing and compliance, and a search over all of it',
  ),
  'OPS-9': planned('Load tests, drills, circuit breakers'),

  'UI-1': partly(
    'Console for a tenant’s administrators',
    'plan and billing, single sign-on, webhooks, integrations, deployments',
  ),
  'UI-2': partly(
    'Console for the platform’s staff',
    'subscriptions, tickets, knowledge base; counts of users',
  ),
  'UI-3': partly(
    'Storefront, sign-up and sign-in for phones first',
    'a storefront; setting up a second factor where it is optional',
  ),
  'UI-4': served('Tenant switcher and branding'),

  'GOV-1': partly('Each requirement maps to what serves and tests it; drift fails the build', 'screens'),
  'GOV-2': planned('A product is the kernel and a policy file'),
  'GOV-3': served('The OWASP top ten are checked; no secrets or personal data in logs or code'),

  'ARC-1': served('The tree, its floors, and the direction of imports'),
  'ARC-2': partly(
    'The parts on AWS, and one chain in each function',
    'AI budgets in the chain; state machines for exports and restores',
  ),
  'ARC-3': partly(
    'Third parties are reached through one adapter each: mail, text messages, WhatsApp',
    'model providers, payments and what else there will be',
  ),
  'ARC-4': partly(
    'Firewall, CDN, TLS; database and buckets private and encrypted; signed mail',
    'a built console for the CDN to serve',
  ),
  'ARC-5': planned('Caches that are emptied at once; partitions for what grows without end'),

  'API-1': served('Versioned paths, bearer tokens and keys, uniform errors, cursor pages, a reference'),

  'VAL-1': partly('Ledger, budget, API call and capability limits hold, by number', 'all but API calls'),
  'VAL-2': partly(
    'Isolation, restore, failover, denials and plan changes hold, end to end',
    'the forced failover is shown under this id, on a laptop; the others under the ids of what they try',
  ),
  'VAL-3': served('An error reaches error tracking with its tenant'),
};
