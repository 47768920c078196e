/**
 * The placeholder console: sign in, see and create tenants, invite people, accept an invitation. It knows the
 * deployment from `/config.json` and everything else from the API.
 */
import { apiOf, SignedOut } from './api.js';
import { accessToken, finishSignIn, invitation, isSignedIn, signIn, signOut } from './session.js';
import { account, home, welcome } from './views.js';

const config = await (await fetch('/config.json')).json();
const api = apiOf(config);
const page = (id) => document.getElementById(id);

/** Everything the page shows. */
const state = {
  failure: undefined,
  profile: undefined,
  memberships: [],
  selected: undefined,
  people: undefined,
};

const actions = {
  create: whileSignedIn(async ({ name, slug, plan }) => {
    const created = await api.post('/v1/tenants', { name, slug, plan, region: config.region });
    await loadMemberships(created.id);
    announce(`${created.name} was created.`);
  }),
  invite: whileSignedIn(async ({ email, role }) => {
    await api.post('/v1/invitations', { email, role }, state.selected.tenantId);
    await loadPeople();
    announce(`${email} was invited.`);
  }),
  accept: whileSignedIn(async () => {
    const joined = await api.post('/v1/invitations/accept', { token: invitation.token() });
    invitation.forget();
    await loadMemberships(joined.tenantId);
    announce(`You are now a member of ${joined.name}.`);
  }),
  dismiss() {
    invitation.forget();
    render();
  },
  select(membership) {
    state.selected = membership;
    state.people = undefined;
    render();
    void settle(loadPeople());
  },
};

await settle(start());

async function start() {
  page('mailbox').hidden = config.mailboxUrl === undefined;
  if (config.mailboxUrl !== undefined) page('mailbox').href = config.mailboxUrl;
  invitation.keepFromAddress();
  await finishSignIn(config);
  if (!isSignedIn() || (await accessToken(config)) === undefined) return render();
  state.profile = await api.get('/v1/me');
  await loadMemberships();
}

async function loadMemberships(wanted) {
  const { items } = await api.get('/v1/me/memberships');
  state.memberships = items;
  const chosen = wanted ?? state.selected?.tenantId;
  state.selected =
    items.find(({ tenantId }) => tenantId === chosen) ?? items.find(({ isDefault }) => isDefault) ?? items[0];
  state.people = undefined;
  // Shown once and whole: drawing again under somebody's hands would take away the form they have begun.
  if (state.selected === undefined) render();
  else await loadPeople();
}

async function loadPeople() {
  const { tenantId } = state.selected;
  const people = await readPeople(tenantId);
  // Another tenant may have been chosen while this one was loading.
  if (tenantId !== state.selected?.tenantId) return;
  state.people = people;
  render();
}

async function readPeople(tenantId) {
  try {
    const [members, invitations] = await Promise.all([
      api.get('/v1/members?limit=100', tenantId),
      api.get('/v1/invitations?limit=100', tenantId),
    ]);
    return {
      members: members.items,
      invitations: invitations.items.filter(({ status }) => status === 'pending'),
    };
  } catch (error) {
    if (error instanceof SignedOut) throw error;
    return { failure: error.message };
  }
}

/** A refusal belongs beside the form that was sent; a session that is over concerns the whole page. */
function whileSignedIn(work) {
  return async (values) => {
    try {
      await work(values);
    } catch (error) {
      if (!(error instanceof SignedOut)) throw error;
      await settle(Promise.reject(error));
    }
  };
}

/** Waits for work and shows how it failed, if it did; a session that is over ends in the welcome page. */
async function settle(work) {
  try {
    await work;
  } catch (error) {
    state.profile = undefined;
    state.failure = error instanceof SignedOut ? 'You were signed out. Please sign in again.' : error.message;
    render();
  }
}

/** Shows the state; what had the focus gets it back. */
function render() {
  const focused = document.activeElement?.id;
  draw();
  if (focused) page(focused)?.focus();
}

function draw() {
  const { profile, failure, ...shown } = state;
  const hasInvitation = invitation.token() !== null;
  if (profile === undefined) {
    page('account').replaceChildren();
    const content = welcome({ hasInvitation, failure, signIn: () => void signIn(config) });
    page('main').replaceChildren(...content.filter(Boolean));
    return;
  }
  page('account').replaceChildren(...account({ profile, signOut: () => void signOut(config) }));
  const content = home({ ...shown, hasInvitation, config, actions });
  page('main').replaceChildren(...content.filter(Boolean));
}

/** Says what has happened, to eyes and screen readers, for a while. */
function announce(text) {
  const status = page('status');
  status.textContent = text;
  page('main').focus();
  setTimeout(() => {
    if (status.textContent === text) status.textContent = '';
  }, 6000);
}
