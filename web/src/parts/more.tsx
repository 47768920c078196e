/** The way from a summary to the whole. */
import { Anchor } from '@mantine/core';
import { Link } from 'react-router';

export function More({ to, children }: { to: string; children: string }) {
  return (
    <Anchor component={Link} to={to} size="sm">
      {children}
    </Anchor>
  );
}
