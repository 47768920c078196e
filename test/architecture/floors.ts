/** The floors of the house, from the ground up; imports go down only (docs: the design). */

const ground = ['config', 'contract', 'db'];
const foundations = ['tenancy', 'identity', 'access', 'audit', 'limits', 'capabilities'];
/** Adapters of third parties: one for each capability that needs one, known to no foundation. */
const adapters = ['mail', 'sms', 'whatsapp'];

/** What is kept beside the database: objects of tenants. */
const stores = ['objects'];

/** What reports become; whoever has rows may make files of them. */
const formats = ['files'];

/** What several capabilities do with all of a tenant: its archive is taken, looked into and brought back. */
const archives = ['archive'];

const floors = [...ground, ...foundations, ...adapters, ...stores, ...formats, ...archives];

/** Where modules and the middleware stand, beside each other. */
export const topFloor = floors.length;

/** The folder below shared that a path belongs to, or undefined. */
export function areaOf(path: string): string | undefined {
  return /^shared\/([^/]+)\//.exec(path)?.[1];
}

/** The floor of a path below shared: whatever is not on the list is a capability, on the top floor. */
export function floorOf(path: string): number | undefined {
  const area = areaOf(path);
  if (area === undefined) return undefined;
  const floor = floors.indexOf(area);
  return floor === -1 ? topFloor : floor;
}

/** Declarations without behaviour: `x.contract.ts`, `x.events.ts`, `x.reports.ts`, `x.rows.ts`, `module.ts`. */
export function isPure(path: string): boolean {
  return /^shared\/[^/]+\/(module|[^/]+\.(contract|events|reports|rows))\.ts$/.test(path);
}

/** What pure files, the stacks and the console may know: names, strings and schemas. */
export function isDeclaration(path: string): boolean {
  return isPure(path) || /^shared\/(config|contract)\//.test(path);
}
