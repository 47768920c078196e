/** Shows the look of the tenant that one is in, and the house's everywhere else. */
import { useQuery } from '@tanstack/react-query';
import { useEffect } from 'react';
import { useLocation } from 'react-router';
import { answer, apiOf, type Thing } from '../api/client.ts';
import { useConsole } from '../hooks/console.ts';
import { useCurrentTenant } from '../shell/current-tenant.ts';
import { type Brand, house, showBrand } from './brand.ts';

export function useTenantBrand(): void {
  const { config, session } = useConsole();
  const tenant = useCurrentTenant();
  const isElsewhere = /^\/(platform|acting)(\/|$)/.test(useLocation().pathname);
  const isAsked = !isElsewhere && tenant?.status === 'active';
  const { data } = useQuery({
    // Under the tenant's own name, so that its settings make it stale.
    queryKey: [`tenant ${tenant?.tenantId}`, 'branding'],
    queryFn: () => answer(apiOf(config.apiUrl, session, { tenantId: tenant?.tenantId }).GET('/v1/branding')),
    enabled: isAsked,
  });
  const brand = isAsked && data !== undefined ? brandOf(data) : house;
  useEffect(() => showBrand(brand), [brand.name, brand.color, brand.logo]);
}

function brandOf({ name, color, logo }: Thing<'Branding'>): Brand {
  return {
    name: name ?? house.name,
    color: color ?? undefined,
    logo: logo === null ? undefined : `data:${logo.type};base64,${logo.data}`,
  };
}
