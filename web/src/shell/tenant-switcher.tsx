/** Which tenant one is in, and the way to another; for the staff, the way to the platform. */
import { Badge, Button, Menu, Text } from '@mantine/core';
import { useLocation, useNavigate } from 'react-router';
import { useConsole } from '../hooks/console.ts';
import { IconBuilding, IconCheck, IconPlus, IconSelector, IconUserShield } from '../icons.ts';
import { useCurrentTenant } from './current-tenant.ts';

export function TenantSwitcher() {
  const { memberships, staffRoles } = useConsole();
  const navigate = useNavigate();
  const tenant = useCurrentTenant();
  const isPlatform = useLocation().pathname.startsWith('/platform');
  const here = isPlatform ? 'Platform' : (tenant?.name ?? 'No tenant yet');
  return (
    <Menu width={280} position="bottom-start" shadow="md">
      <Menu.Target>
        <Button
          variant="default"
          size="xs"
          rightSection={<IconSelector size={14} />}
          maw={{ base: '11rem', sm: '18rem' }}
          aria-label={`${here}, switch tenant`}
        >
          <span className="truncate">{here}</span>
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        {memberships.length > 0 && <Menu.Label>Your tenants</Menu.Label>}
        {memberships.map(({ tenantId, slug, name, role, status }) => (
          <Menu.Item
            key={tenantId}
            leftSection={<IconBuilding size={16} />}
            rightSection={
              !isPlatform && slug === tenant?.slug ? <IconCheck size={16} aria-label="you are here" /> : null
            }
            onClick={() => void navigate(`/t/${slug}`)}
          >
            {name}
            <Text size="xs" c="dimmed">
              {role}
              {status !== 'active' && (
                <Badge size="xs" color="red" ml={6}>
                  {status}
                </Badge>
              )}
            </Text>
          </Menu.Item>
        ))}
        <Menu.Item leftSection={<IconPlus size={16} />} onClick={() => void navigate('/start')}>
          Create a tenant
        </Menu.Item>
        {staffRoles.length > 0 && (
          <>
            <Menu.Divider />
            <Menu.Item leftSection={<IconUserShield size={16} />} onClick={() => void navigate('/platform')}>
              Platform administration
            </Menu.Item>
          </>
        )}
      </Menu.Dropdown>
    </Menu>
  );
}
