/** Chooses between the door and the rooms behind it, and keeps what all rooms share. */
import { QueryCache, MutationCache, QueryClient, QueryClientProvider, useQuery } from '@tanstack/react-query';
import { Suspense, use, useMemo, useState } from 'react';
import { RouterProvider } from 'react-router/dom';
import { SignedOut } from './api/refusal.ts';
import { ConsoleContext } from './hooks/console.ts';
import { ScopeContext } from './hooks/data.ts';
import { Toasts } from './parts/toasts.tsx';
import { routerFor } from './routes.tsx';
import { Waiting } from './shell/waiting.tsx';
import { Broken, Welcome } from './shell/welcome.tsx';
import { readMemberships, readProfile, type Started } from './start.ts';

/** A page that is looked at again within this time shows what it showed. */
const freshMs = 20_000;

export function App({ starting }: { starting: Promise<Started> }) {
  return (
    <Suspense fallback={<Waiting />}>
      <Entrance starting={starting} />
    </Suspense>
  );
}

function Entrance({ starting }: { starting: Promise<Started> }) {
  const started = use(starting);
  const [isOver, setIsOver] = useState(false);
  if (started.state === 'broken') return <Broken reason={started.reason} />;
  if (started.state === 'welcome') return <Welcome session={started.session} reason={started.reason} />;
  if (isOver)
    return <Welcome session={started.session} reason="You were signed out. Please sign in again." />;
  return <Rooms started={started} onSignedOut={() => setIsOver(true)} />;
}

type In = Extract<Started, { state: 'in' }>;

function Rooms({ started, onSignedOut }: { started: In; onSignedOut: () => void }) {
  const client = useMemo(() => queryClient(onSignedOut), []);
  return (
    <QueryClientProvider client={client}>
      <Toasts>
        <Furnished started={started} />
      </Toasts>
    </QueryClientProvider>
  );
}

function Furnished({ started }: { started: In }) {
  const { api, config, session, staffRoles } = started;
  const { data: profile } = useQuery({
    queryKey: ['me', 'profile'],
    queryFn: () => readProfile(api),
    initialData: started.profile,
  });
  const { data: memberships } = useQuery({
    queryKey: ['me', 'memberships'],
    queryFn: () => readMemberships(api),
    initialData: started.memberships,
  });
  const router = useMemo(() => routerFor(started.returnTo), []);
  const shared = useMemo(
    () => ({ api, config, session, staffRoles, profile, memberships }),
    [profile, memberships],
  );
  const scope = useMemo(() => ({ key: 'me', api }), [api]);
  return (
    <ConsoleContext value={shared}>
      <ScopeContext value={scope}>
        <RouterProvider router={router} />
      </ScopeContext>
    </ConsoleContext>
  );
}

function queryClient(onSignedOut: () => void): QueryClient {
  const onError = (error: unknown) => {
    if (error instanceof SignedOut) onSignedOut();
  };
  return new QueryClient({
    queryCache: new QueryCache({ onError }),
    mutationCache: new MutationCache({ onError }),
    // The client tries again by itself what was lost on the way; a refusal stays one.
    defaultOptions: { queries: { staleTime: freshMs, retry: false, refetchOnWindowFocus: true } },
  });
}
