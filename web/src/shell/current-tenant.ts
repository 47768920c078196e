/** The tenant of the address; outside of any, the one that was looked at last. */
import { useEffect } from 'react';
import { useLocation } from 'react-router';
import type { Thing } from '../api/client.ts';
import { useConsole } from '../hooks/console.ts';
import { tabStore } from '../session/tab-store.ts';

export function useCurrentTenant(): Thing<'Membership'> | undefined {
  const { memberships } = useConsole();
  const { pathname } = useLocation();
  const named = /^\/t\/([^/]+)/.exec(pathname)?.[1];
  useEffect(() => {
    if (named !== undefined) tabStore.write('tenant', named);
  }, [named]);
  const slug = named ?? tabStore.read<string>('tenant');
  return memberships.find((one) => one.slug === slug) ?? (named === undefined ? memberships[0] : undefined);
}
