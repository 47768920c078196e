/** The areas that somebody may see, by groups. */
import { AppShell, NavLink, ScrollArea, Text } from '@mantine/core';
import { useEffect, useRef } from 'react';
import { Link, useLocation } from 'react-router';
import type { TenantPermission } from '#shared/contract/permissions.ts';
import type { TenantRole } from '#shared/contract/roles.ts';
import { type Area, platformAreas, tenantAreas } from '../areas.ts';
import { mayForPlatform, useConsole } from '../hooks/console.ts';
import { mayInTenant } from '../hooks/tenant.ts';
import { IconApi, IconDeviceLaptop, IconMail, IconPlus } from '../icons.ts';
import { useCurrentTenant } from './current-tenant.ts';

export function Navigation({ onGo }: { onGo: () => void }) {
  const { config, staffRoles } = useConsole();
  const tenant = useCurrentTenant();
  const { pathname } = useLocation();
  const isPlatform = pathname.startsWith('/platform');
  const acting = /^\/acting\/[^/]+/.exec(pathname)?.[0];
  const inTenant = isPlatform ? [] : areasOf(acting === undefined ? tenant?.role : 'support');
  const inPlatform = isPlatform ? platformAreas.filter(({ needs }) => mayForPlatform(staffRoles, needs)) : [];
  return (
    <>
      <AppShell.Section grow component={ScrollArea} type="auto" scrollbarSize={6}>
        <Areas areas={inTenant} base={acting ?? `/t/${tenant?.slug}`} onGo={onGo} />
        <Areas areas={inPlatform} base="/platform" onGo={onGo} />
        {!isPlatform && tenant === undefined && (
          <Entry to="/start" label="Create a tenant" icon={IconPlus} onGo={onGo} />
        )}
      </AppShell.Section>
      <AppShell.Section pt="sm">
        <Entry to="/reference" label="API reference" icon={IconApi} onGo={onGo} />
        <Entry to="/me" label="Your account" icon={IconDeviceLaptop} onGo={onGo} />
        {config.mailboxUrl !== undefined && (
          <NavLink
            href={config.mailboxUrl}
            label="Mailbox"
            description="Mail that this laptop has sent"
            leftSection={<IconMail size={18} stroke={1.6} />}
            py={{ base: 6, sm: 3 }}
          />
        )}
      </AppShell.Section>
    </>
  );
}

/** What a role may see; of support it is not known here whom it acts for, so it sees what it might. */
function areasOf(role: TenantRole | 'support' | undefined): readonly Area<TenantPermission>[] {
  if (role === undefined) return [];
  const place =
    role === 'support' ? ({ role: 'owner', isSupport: true } as const) : { role, isSupport: false };
  return tenantAreas.filter(({ needs }) => mayInTenant(place, needs));
}

type AreasProps = { areas: readonly Area<string>[]; base: string; onGo: () => void };

function Areas({ areas, base, onGo }: AreasProps) {
  const groups = [...new Set(areas.map(({ group }) => group))];
  return groups.map((group) => (
    <div key={group} role="group" aria-label={group}>
      <Text size="xs" c="dimmed" fw={500} px="sm" pt="sm" pb={4} aria-hidden>
        {group}
      </Text>
      {areas
        .filter((area) => area.group === group)
        .map(({ path, label, icon }) => (
          <Entry
            key={path}
            to={path === '' ? base : `${base}/${path}`}
            label={label}
            icon={icon}
            onGo={onGo}
          />
        ))}
    </div>
  ));
}

type EntryProps = { to: string; label: string; icon: Area<string>['icon']; onGo: () => void };

function Entry({ to, label, icon: Icon, onGo }: EntryProps) {
  const { pathname } = useLocation();
  const isHere = pathname === to;
  const link = useRef<HTMLAnchorElement>(null);
  // Whoever followed a link to a page sees where it stands, also below the fold of the menu.
  useEffect(() => {
    if (isHere) link.current?.scrollIntoView({ block: 'nearest' });
  }, [isHere]);
  return (
    <NavLink
      ref={link}
      component={Link}
      to={to}
      label={label}
      active={isHere}
      aria-current={isHere ? 'page' : undefined}
      leftSection={<Icon size={18} stroke={1.6} aria-hidden />}
      onClick={onGo}
      // Close together where a mouse points, so that all of it fits a laptop's screen.
      py={{ base: 6, sm: 3 }}
      style={{ borderRadius: 'var(--mantine-radius-md)' }}
    />
  );
}
