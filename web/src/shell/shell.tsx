/** The frame around every page: where one is, where one can go, and who one is. */
import { AppShell, Burger, Group, Image, Text, UnstyledButton } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { useEffect, useRef } from 'react';
import { Link, Outlet, useLocation } from 'react-router';
import { useShownBrand } from '../brand/brand.ts';
import { useTenantBrand } from '../brand/use-tenant-brand.ts';
import { AccountMenu } from './account-menu.tsx';
import { InvitationCard } from './invitation-card.tsx';
import { Navigation } from './navigation.tsx';
import { SchemeToggle } from './scheme-toggle.tsx';
import { TenantSwitcher } from './tenant-switcher.tsx';

export function Shell() {
  const [isOpen, { toggle, close }] = useDisclosure(false);
  const { name, logo } = useShownBrand();
  useFocusOnArrival();
  useTenantBrand();
  return (
    <AppShell
      header={{ height: 56 }}
      navbar={{ width: 232, breakpoint: 'md', collapsed: { mobile: !isOpen } }}
      padding={{ base: 'sm', sm: 'lg' }}
      transitionDuration={0}
    >
      <a className="skip" href="#main">
        Skip to the page
      </a>
      <AppShell.Header className="console-header">
        <Group h="100%" px="md" gap="sm" wrap="nowrap" justify="space-between">
          <Group gap="sm" wrap="nowrap" miw={0}>
            <Burger
              opened={isOpen}
              onClick={toggle}
              hiddenFrom="md"
              size="sm"
              aria-label={isOpen ? 'Close the menu' : 'Open the menu'}
            />
            <UnstyledButton component={Link} to="/" aria-label={`${name}, to the overview`}>
              <Group gap={8} wrap="nowrap">
                <Image src={logo ?? '/icon.svg'} alt="" w="auto" h={24} maw={96} fit="contain" />
                <Text fw={700} visibleFrom="sm" className="truncate" maw="12rem">
                  {name}
                </Text>
              </Group>
            </UnstyledButton>
            <TenantSwitcher />
          </Group>
          <Group gap={4} wrap="nowrap">
            <SchemeToggle />
            <AccountMenu />
          </Group>
        </Group>
      </AppShell.Header>
      <AppShell.Navbar className="console-navbar" aria-label="Areas" p="sm">
        <Navigation onGo={close} />
      </AppShell.Navbar>
      <AppShell.Main id="main" tabIndex={-1}>
        <div className="console-main">
          <InvitationCard />
          <Outlet />
        </div>
      </AppShell.Main>
    </AppShell>
  );
}

/** Whoever goes to another page by keyboard continues there, not in the menu they left. */
function useFocusOnArrival() {
  const { pathname } = useLocation();
  const before = useRef(pathname);
  useEffect(() => {
    if (before.current === pathname) return;
    before.current = pathname;
    document.getElementById('main')?.focus({ preventScroll: true });
    scrollTo(0, 0);
  }, [pathname]);
}
