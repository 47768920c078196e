/** The tenants of the demo data and the people in them. None of them exists. */

export type Role = 'owner' | 'admin' | 'operator' | 'auditor' | 'viewer';

export type Company = {
  slug: string;
  name: string;
  plan: 'basic' | 'pro' | 'enterprise';
  status: 'active' | 'suspended';
  timeZone: string;
  /** How many days before it was founded. */
  ageDays: number;
  /** What the demo's own owner is there; without a role they are no member. */
  demoOwner?: Role;
  people: readonly { name: string; email: string; role: Role }[];
  invited: readonly { email: string; role: Role; status: 'pending' | 'withdrawn' | 'expired' }[];
  /** How busy it is: calls of models and things done, on a working day. */
  pace: { aiCallsADay: number; actsADay: number };
  /** What the month's counters show of its plan, in percent. */
  usage: { apiCalls: number; exports: number; workflowRuns: number; messagesToday: number };
  /** Percent of its month's budget for AI that is spent. */
  budgetSpent: number;
  keys: readonly { name: string; role: Role; fate: 'used' | 'expiring' | 'revoked' | 'test' }[];
};

const at = (domain: string) => (name: string, role: Role) => ({
  name,
  role,
  email: `${name
    .toLowerCase()
    .replaceAll(/[^a-z ]/g, '')
    .replaceAll(' ', '.')}@${domain}.example`,
});

const acme = at('acme');
const juniper = at('juniper-finch');
const harbour = at('harbour-lane');
const tidewater = at('tidewater');

/** The first is the tenant that the demo's own owner founded through the API. */
export const companies: readonly [Company, ...Company[]] = [
  {
    ...{ slug: 'acme', name: 'Acme Ltd', plan: 'basic', status: 'active', timeZone: 'UTC', ageDays: 64 },
    people: [
      acme('Marta Lindqvist', 'admin'),
      acme('Dev Raman', 'operator'),
      acme('Ines Carvalho', 'auditor'),
      acme('Tom Okafor', 'viewer'),
    ],
    invited: [{ email: 'freelance@studio-nine.example', role: 'viewer', status: 'expired' }],
    pace: { aiCallsADay: 14, actsADay: 3 },
    usage: { apiCalls: 79, exports: 40, workflowRuns: 12, messagesToday: 3 },
    budgetSpent: 85,
    keys: [
      { name: 'Nightly import', role: 'operator', fate: 'used' },
      { name: 'Reporting', role: 'auditor', fate: 'expiring' },
      { name: 'Old website', role: 'viewer', fate: 'revoked' },
    ],
  },
  {
    ...{ slug: 'juniper-finch', name: 'Juniper & Finch Retail', plan: 'pro', status: 'active' },
    ...{ timeZone: 'Europe/London', ageDays: 210, demoOwner: 'admin' },
    people: [
      juniper('Beatrix Hollow', 'owner'),
      juniper('Samuel Achterberg', 'admin'),
      juniper('Priya Nambiar', 'operator'),
      juniper('Callum Dray', 'operator'),
      juniper('Wen Li Tan', 'operator'),
      juniper('Rosalind Peake', 'auditor'),
      juniper('Jonah Fielding', 'viewer'),
    ],
    invited: [
      { email: 'spring.temp@juniper-finch.example', role: 'viewer', status: 'pending' },
      { email: 'audit@ledger-and-lamp.example', role: 'auditor', status: 'pending' },
      { email: 'sam.archer@juniper-finch.example', role: 'operator', status: 'withdrawn' },
    ],
    pace: { aiCallsADay: 30, actsADay: 5 },
    usage: { apiCalls: 46, exports: 100, workflowRuns: 38, messagesToday: 22 },
    budgetSpent: 62,
    keys: [
      { name: 'Shop front', role: 'operator', fate: 'used' },
      { name: 'Warehouse scanners', role: 'operator', fate: 'used' },
      { name: 'Season launch', role: 'viewer', fate: 'expiring' },
      { name: 'Trial of a partner', role: 'viewer', fate: 'revoked' },
      { name: 'Sandbox', role: 'operator', fate: 'test' },
    ],
  },
  {
    ...{ slug: 'harbour-lane', name: 'Harbour Lane Clinics', plan: 'enterprise', status: 'active' },
    ...{ timeZone: 'Asia/Kuwait', ageDays: 400, demoOwner: 'auditor' },
    people: [
      harbour('Layla Al Mansour', 'owner'),
      harbour('Yusuf Haddad', 'owner'),
      harbour('Greta Vandermeer', 'admin'),
      harbour('Omar Sabah', 'operator'),
      harbour('Nadia Farouk', 'operator'),
      harbour('Felix Brandt', 'operator'),
      harbour('Hana Suzuki', 'operator'),
      harbour('Amara Diallo', 'auditor'),
      harbour('Peter Novak', 'viewer'),
    ],
    invited: [{ email: 'night.ward@harbour-lane.example', role: 'operator', status: 'pending' }],
    pace: { aiCallsADay: 45, actsADay: 6 },
    usage: { apiCalls: 31, exports: 18, workflowRuns: 27, messagesToday: 61 },
    budgetSpent: 41,
    keys: [
      { name: 'Appointments', role: 'operator', fate: 'used' },
      { name: 'Laboratory results', role: 'operator', fate: 'used' },
      { name: 'Auditors of the ministry', role: 'auditor', fate: 'expiring' },
      { name: 'Former vendor', role: 'operator', fate: 'revoked' },
    ],
  },
  {
    ...{ slug: 'tidewater', name: 'Tidewater Charters', plan: 'basic', status: 'suspended' },
    ...{ timeZone: 'America/Chicago', ageDays: 120 },
    people: [tidewater('Walt Brannigan', 'owner'), tidewater('Shirley Moon', 'operator')],
    invited: [],
    pace: { aiCallsADay: 0, actsADay: 1 },
    usage: { apiCalls: 2, exports: 0, workflowRuns: 0, messagesToday: 0 },
    budgetSpent: 0,
    keys: [{ name: 'Bookings', role: 'operator', fate: 'used' }],
  },
];
