/** What the page shows. Each view is made anew from the state and what can be done. */
import { el, field, form } from './dom.js';

const roles = ['owner', 'admin', 'operator', 'auditor', 'viewer'];
const plans = ['basic', 'pro', 'enterprise'];
const capital = (word) => word[0].toUpperCase() + word.slice(1);
const asOptions = (words) => words.map((value) => ({ value, text: capital(value) }));

/** Nobody is signed in. */
export function welcome({ hasInvitation, failure, signIn }) {
  return [
    el('h1', {}, hasInvitation ? 'You are invited' : 'Welcome'),
    failure && el('p', { class: 'error', role: 'alert' }, failure),
    el(
      'p',
      { class: 'soft' },
      hasInvitation
        ? 'Sign in with the address that the invitation was sent to, then accept it.'
        : 'Sign in to see your tenants. New here? The sign-in page also creates accounts.',
    ),
    el('button', { type: 'button', onclick: signIn }, 'Sign in'),
  ];
}

/** The signed-in person, for the head of the page. */
export function account({ profile, signOut }) {
  return [
    el('span', { title: profile.email }, profile.email),
    el('button', { type: 'button', class: 'plain', onclick: signOut }, 'Sign out'),
  ];
}

/** Somebody is signed in. */
export function home({ memberships, selected, people, hasInvitation, config, actions }) {
  return [
    hasInvitation && invitationCard(actions),
    el('h1', {}, 'Your tenants'),
    memberships.length === 0
      ? el('p', { class: 'soft' }, 'You do not belong to a tenant yet. Create one, or accept an invitation.')
      : tenantList(memberships, selected, actions),
    selected && tenantCard(selected, people, actions),
    createCard(memberships, config, actions),
  ];
}

function invitationCard({ accept, dismiss }) {
  return el(
    'section',
    { class: 'card', 'aria-labelledby': 'invited' },
    el('h2', { id: 'invited' }, 'You have an invitation'),
    form({
      fields: [],
      submit: 'Accept',
      work: accept,
      beside: el('button', { type: 'button', class: 'plain', onclick: dismiss }, 'Not now'),
    }),
  );
}

function tenantList(memberships, selected, { select }) {
  const items = memberships.map((membership) => {
    const { tenantId, name, slug, role, plan, region, status } = membership;
    const facts = [role, plan, region.toUpperCase(), ...(status === 'active' ? [] : [status])];
    const pressed = String(tenantId === selected?.tenantId);
    const id = `tenant-${tenantId}`;
    const attributes = { id, type: 'button', 'aria-pressed': pressed, onclick: () => select(membership) };
    const button = el(
      'button',
      attributes,
      named(name, slug),
      el('span', { class: 'soft' }, facts.join(' · ')),
    );
    return el('li', {}, button);
  });
  return el('ul', { class: 'tenants' }, items);
}

function tenantCard(tenant, people, { invite }) {
  const mayInvite = tenant.role === 'owner' || tenant.role === 'admin';
  const { members, invitations, failure } = people ?? {};
  return el(
    'section',
    { class: 'card', 'aria-labelledby': 'tenant' },
    el('h2', { id: 'tenant' }, tenant.name),
    failure && el('p', { class: 'error', role: 'alert' }, failure),
    people === undefined && el('p', { class: 'soft' }, 'Loading members …'),
    members && personList(members.map(({ name, email, role }) => [name || email, name && email, role])),
    invitations?.length > 0 && el('h3', {}, 'Invited'),
    invitations?.length > 0 && personList(invitations.map(({ email, role }) => [email, '', role])),
    mayInvite && el('h3', {}, 'Invite somebody'),
    mayInvite && form({ fields: inviteFields(tenant), submit: 'Send invitation', work: invite }),
  );
}

function personList(people) {
  const items = people.map(([name, more, role]) =>
    el('li', {}, named(name, more), el('span', { class: 'soft' }, role)),
  );
  return el('ul', { class: 'rows' }, items);
}

/** A name with something quieter below it. */
function named(name, more) {
  return el('span', {}, name, more && el('span', { class: 'soft' }, more));
}

function inviteFields({ role }) {
  // Only an owner may invite owners.
  const allowed = roles.filter((name) => name !== 'owner' || role === 'owner');
  return el(
    'div',
    { class: 'pair' },
    field({ label: 'E-mail', name: 'email', type: 'email', required: true, autocomplete: 'off' }),
    field({ label: 'Role', name: 'role', options: asOptions(allowed.toReversed()) }),
  );
}

function createCard(memberships, { region }, { create }) {
  return el(
    'details',
    { class: 'card', open: memberships.length === 0 },
    el('summary', {}, 'Create a tenant'),
    form({
      fields: [
        field({
          label: 'Name',
          name: 'name',
          required: true,
          maxlength: '100',
          autocomplete: 'organization',
        }),
        field({
          label: 'Slug',
          hint: `A short name: 3 to 40 lower-case letters, digits or hyphens. Its data stays in the region ${region.toUpperCase()}.`,
          name: 'slug',
          required: true,
          pattern: '[a-z][a-z0-9\\-]{1,38}[a-z0-9]',
          autocapitalize: 'none',
          autocomplete: 'off',
          spellcheck: 'false',
        }),
        field({ label: 'Plan', name: 'plan', options: asOptions(plans) }),
      ],
      submit: 'Create tenant',
      work: create,
    }),
  );
}
