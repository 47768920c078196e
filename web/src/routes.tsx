/** Addresses: `/t/<slug>/…` for a tenant, `/platform/…` for the staff, `/acting/<id>/…` while support acts for a member, `/me` for oneself, `/start` for a new tenant, `/reference` for the API. */
import { createBrowserRouter, Navigate, type RouteObject } from 'react-router';
import { type Area, platformAreas, tenantAreas } from './areas.ts';
import { useConsole } from './hooks/console.ts';
import { ActingRoom } from './shell/acting-room.tsx';
import { PlatformRoom, TenantRoom } from './shell/rooms.tsx';
import { Lost, Tripped } from './shell/lost.tsx';
import { Shell } from './shell/shell.tsx';
import { Waiting } from './shell/waiting.tsx';

/** The router; `returnTo` is where somebody was going when they had to sign in. */
export function routerFor(returnTo: string | undefined) {
  if (returnTo !== undefined && returnTo !== '/') history.replaceState(null, '', returnTo);
  return createBrowserRouter([
    {
      element: <Shell />,
      errorElement: <Tripped />,
      hydrateFallbackElement: <Waiting />,
      // A page that breaks leaves the frame around it.
      children: [{ errorElement: <Tripped />, children: rooms() }],
    },
  ]);
}

function rooms(): RouteObject[] {
  return [
    { path: '/', element: <Home /> },
    { path: '/start', lazy: pageOf(() => import('./areas/start/page.tsx')) },
    { path: '/me', lazy: pageOf(() => import('./areas/account/page.tsx')) },
    { path: '/reference', lazy: pageOf(() => import('./areas/reference/page.tsx')) },
    { path: '/t/:slug', element: <TenantRoom />, children: routesOf(tenantAreas) },
    { path: '/acting/:impersonationId', element: <ActingRoom />, children: routesOf(tenantAreas) },
    { path: '/platform', element: <PlatformRoom />, children: routesOf(platformAreas) },
    { path: '*', element: <Lost /> },
  ];
}

function routesOf(areas: readonly Area<string>[]): RouteObject[] {
  const routes = areas.map(({ path, load }): RouteObject =>
    path === '' ? { index: true, lazy: pageOf(load) } : { path, lazy: pageOf(load) },
  );
  return [...routes, { path: '*', element: <Lost /> }];
}

function pageOf(load: Area<string>['load']) {
  return async () => ({ Component: (await load()).default, ErrorBoundary: Tripped });
}

/** Where one is without having said where: the usual tenant, the platform for its staff, or a beginning. */
function Home() {
  const { memberships, staffRoles } = useConsole();
  const usual = memberships.find(({ isDefault }) => isDefault) ?? memberships[0];
  if (usual !== undefined) return <Navigate to={`/t/${usual.slug}`} replace />;
  return <Navigate to={staffRoles.length > 0 ? '/platform' : '/start'} replace />;
}
