/** The rooms behind the shell: everything below them reads and changes one tenant, or the platform. */
import { useMemo } from 'react';
import { Outlet, useParams } from 'react-router';
import { apiOf } from '../api/client.ts';
import { Refusal } from '../api/refusal.ts';
import { useConsole } from '../hooks/console.ts';
import { ScopeContext } from '../hooks/data.ts';
import { TenantContext } from '../hooks/tenant.ts';
import { PageProblem } from '../parts/problem.tsx';
import { Page } from '../parts/page.tsx';
import { Lost } from './lost.tsx';
import { SupportNotice } from './support-notice.tsx';

/** The tenant of the address, for its members. */
export function TenantRoom() {
  const { slug } = useParams();
  const { config, session, memberships } = useConsole();
  const membership = memberships.find((one) => one.slug === slug);
  const as = useMemo(() => ({ tenantId: membership?.tenantId }), [membership?.tenantId]);
  const scope = useMemo(
    () => ({ key: `tenant ${as.tenantId}`, api: apiOf(config.apiUrl, session, as) }),
    [as],
  );
  const view = useMemo(
    () =>
      membership === undefined
        ? undefined
        : { ...membership, base: `/t/${membership.slug}`, as, isSupport: false },
    [membership, as],
  );
  if (view === undefined) return <Lost />;
  if (view.status === 'suspended') return <Suspended name={view.name} />;
  return (
    <TenantContext value={view}>
      <ScopeContext value={scope}>
        <SupportNotice />
        {/* Another tenant is another page, even at the same address below. */}
        <Outlet key={view.tenantId} />
      </ScopeContext>
    </TenantContext>
  );
}

function Suspended({ name }: { name: string }) {
  const refused = new Refusal(403, { code: 'tenant.suspended', title: 'The tenant is suspended.' }, null);
  return (
    <Page title={name}>
      <PageProblem error={refused} retry={() => location.reload()} />
    </Page>
  );
}

/** The platform, for its staff. */
export function PlatformRoom() {
  const { api, staffRoles } = useConsole();
  const scope = useMemo(() => ({ key: 'platform', api }), [api]);
  if (staffRoles.length === 0) return <Lost />;
  return (
    <ScopeContext value={scope}>
      <Outlet />
    </ScopeContext>
  );
}
