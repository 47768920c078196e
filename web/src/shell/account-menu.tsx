/** Who is signed in, where else, and the way out. */
import { Avatar, Menu, Text, UnstyledButton } from '@mantine/core';
import { useNavigate } from 'react-router';
import { useConsole } from '../hooks/console.ts';
import { IconDeviceLaptop, IconLogout } from '../icons.ts';

export function AccountMenu() {
  const { profile, session } = useConsole();
  const navigate = useNavigate();
  const name = profile.name || profile.email;
  return (
    <Menu width={240} position="bottom-end" shadow="md">
      <Menu.Target>
        <UnstyledButton aria-label={`${initialsOf(name)}, account of ${name}`} p={4}>
          <Avatar size={32} radius="xl" color="pine" variant="filled" aria-hidden>
            {initialsOf(name)}
          </Avatar>
        </UnstyledButton>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>
          <Text size="sm" fw={600} component="span" display="block">
            {profile.name}
          </Text>
          <Text size="xs" component="span" className="break">
            {profile.email}
          </Text>
        </Menu.Label>
        <Menu.Item leftSection={<IconDeviceLaptop size={16} />} onClick={() => void navigate('/me')}>
          Sessions and devices
        </Menu.Item>
        <Menu.Divider />
        <Menu.Item leftSection={<IconLogout size={16} />} onClick={() => void session.signOut()}>
          Sign out
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}

function initialsOf(name: string): string {
  const words = name.split(/[\s@.]+/).filter((word) => word !== '');
  return words
    .slice(0, 2)
    .map((word) => word.slice(0, 1).toUpperCase())
    .join('');
}
