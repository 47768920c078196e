/** While support acts for a member, everybody who may know sees it on every page. */
import { Alert, Anchor } from '@mantine/core';
import { Link } from 'react-router';
import { answer } from '../api/client.ts';
import { useRead } from '../hooks/data.ts';
import { useTenant } from '../hooks/tenant.ts';
import { IconLifebuoy } from '../icons.ts';
import { When } from '../parts/when.tsx';

const everyMs = 60_000;

export function SupportNotice() {
  const { may, base } = useTenant();
  const { data } = useRead(
    ['impersonations', 'notice'],
    (api) => answer(api.GET('/v1/impersonations', { params: { query: { limit: 20 } } })),
    { enabled: may('support:read'), everyMs },
  );
  const acting = data?.items.find(({ status }) => status === 'started');
  const asking = data?.items.filter(({ status }) => status === 'requested').length ?? 0;
  if (acting === undefined && (asking === 0 || !may('support:approve'))) return null;
  return (
    <Alert color="orange" variant="light" icon={<IconLifebuoy size={18} />} mb="lg" py="xs" role="status">
      {acting === undefined ? (
        `Support asks to act for a member.`
      ) : (
        <>
          {acting.staffName} of support acts for a member; it ends <When at={acting.endsAt} />.
        </>
      )}{' '}
      <Anchor component={Link} to={`${base}/support`} size="sm" underline="always" c="inherit">
        See support access
      </Anchor>
    </Alert>
  );
}
