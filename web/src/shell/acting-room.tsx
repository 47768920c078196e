/** Support looks on for a member: the member’s tenant with what support may see of it, and a notice that stays. */
import { Alert, Button, Group } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import { Outlet, useNavigate, useParams } from 'react-router';
import { answer, apiOf } from '../api/client.ts';
import type { ConsoleConfig } from '../config.ts';
import { useConsole } from '../hooks/console.ts';
import { ScopeContext } from '../hooks/data.ts';
import { TenantContext, type TenantView } from '../hooks/tenant.ts';
import { IconLifebuoy } from '../icons.ts';
import { Loading, Page } from '../parts/page.tsx';
import { Problem } from '../parts/problem.tsx';
import { When } from '../parts/when.tsx';
import type { Session } from '../session/session.ts';

export function ActingRoom() {
  const { impersonationId = '' } = useParams();
  const { config, session, api: own } = useConsole();
  const navigate = useNavigate();
  const acting = useQuery({
    queryKey: ['acting', impersonationId],
    queryFn: () => enter(config, session, impersonationId),
  });
  const scope = useMemo(
    () => ({
      key: `acting ${impersonationId}`,
      api: apiOf(config.apiUrl, session, { tenantId: acting.data?.view.tenantId, impersonationId }),
    }),
    [impersonationId, acting.data?.view.tenantId],
  );
  if (acting.data === undefined) {
    return (
      <Page title="Acting for a member">
        {acting.isPending ? (
          <Loading />
        ) : (
          <Problem error={acting.error} retry={() => void acting.refetch()} />
        )}
      </Page>
    );
  }
  const { view, name, reason, endsAt } = acting.data;
  const end = async () => {
    const params = { path: { impersonationId } };
    await answer(own.POST('/v1/platform/impersonations/{impersonationId}/end', { params }));
    await navigate('/platform/support');
  };
  return (
    <TenantContext value={view}>
      <ScopeContext value={scope}>
        <Alert color="orange" variant="light" icon={<IconLifebuoy size={18} />} mb="lg" role="status">
          <Group justify="space-between">
            <span>
              You act for {name} of {view.name}: {reason}. It ends <When at={endsAt} />.
            </span>
            <Button size="xs" variant="default" onClick={() => void end()}>
              End it
            </Button>
          </Group>
        </Alert>
        <Outlet />
      </ScopeContext>
    </TenantContext>
  );
}

/** Who the member is, and the tenant that allowed it, as the service tells whoever acts. */
async function enter(config: ConsoleConfig, session: Session, impersonationId: string) {
  const asMember = apiOf(config.apiUrl, session, { impersonationId });
  const { id, name, email, impersonation } = await answer(asMember.GET('/v1/me'));
  if (impersonation === null) throw new Error('You do not act for anybody.');
  const api = apiOf(config.apiUrl, session, { impersonationId, tenantId: impersonation.tenantId });
  const tenant = await answer(api.GET('/v1/tenant'));
  const members = await answer(api.GET('/v1/members', { params: { query: { limit: 100 } } }));
  const role = members.items.find(({ userId }) => userId === id)?.role ?? 'viewer';
  const { slug, plan, region, status } = tenant;
  const view: TenantView = {
    ...{ slug, plan, region, status, role, name: tenant.name, tenantId: tenant.id, isSupport: true },
    base: `/acting/${impersonationId}`,
    as: { tenantId: tenant.id, impersonationId },
  };
  return { view, name: name || email, reason: impersonation.reason, endsAt: impersonation.endsAt };
}
