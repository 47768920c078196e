/** An invitation that was opened before signing in; it waits in the tab until it is accepted or put aside. */
import { tabStore } from './tab-store.ts';

export const invitation = {
  /** Takes the token out of the address, where it would stay in the history. */
  keepFromAddress() {
    const token = new URLSearchParams(location.hash.slice(1)).get('token');
    if (location.pathname !== '/invitations/accept' || !token) return;
    tabStore.write('invitation', token);
    history.replaceState(null, '', '/');
  },
  token: () => tabStore.read<string>('invitation'),
  forget: () => tabStore.remove('invitation'),
};
