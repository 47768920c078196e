/** The state of a tenant at a glance: what it is, what it uses, who is in it, what happened last, what is left to do. */
import { Avatar, Group, SimpleGrid, Stack, Text } from '@mantine/core';
import { answer } from '../../api/client.ts';
import { useRead } from '../../hooks/data.ts';
import { useTenant } from '../../hooks/tenant.ts';
import { Facts } from '../../parts/facts.tsx';
import { More } from '../../parts/more.tsx';
import { Loading, Page, Section } from '../../parts/page.tsx';
import { PageProblem, Problem } from '../../parts/problem.tsx';
import { capital, Status } from '../../parts/status.tsx';
import { sayDay } from '../../parts/when.tsx';
import { Meters } from '../usage/meters.tsx';
import { Checklist } from './checklist.tsx';
import { RecentAudit } from './recent-audit.tsx';

export default function OverviewPage() {
  const { name, may, base } = useTenant();
  const tenant = useRead(['tenant'], (api) => answer(api.GET('/v1/tenant')));
  const usage = useRead(['usage'], (api) => answer(api.GET('/v1/usage')));
  return (
    <Page title={name} about="How the tenant is doing.">
      {tenant.error !== null && <PageProblem error={tenant.error} retry={() => void tenant.refetch()} />}
      <Facts
        facts={[
          {
            label: 'Status',
            value: tenant.data === undefined ? undefined : <Status value={tenant.data.status} />,
          },
          { label: 'Plan', value: tenant.data === undefined ? undefined : capital(tenant.data.plan) },
          { label: 'Region', value: tenant.data?.region.toUpperCase() },
          { label: 'Since', value: tenant.data === undefined ? undefined : sayDay(tenant.data.createdAt) },
        ]}
      />
      <SimpleGrid cols={{ base: 1, lg: 2 }}>
        <Section title="Usage" actions={<More to={`${base}/usage`}>Limits</More>}>
          {usage.isPending && <Loading />}
          <Problem error={usage.error} retry={() => void usage.refetch()} />
          {usage.data !== undefined && <Meters usage={usage.data} isShort />}
        </Section>
        <Checklist />
        <LatestMembers />
        {may('audit:read') && <RecentAudit />}
      </SimpleGrid>
    </Page>
  );
}

function LatestMembers() {
  const { base } = useTenant();
  const members = useRead(['members', 'some'], (api) =>
    answer(api.GET('/v1/members', { params: { query: { limit: 6 } } })),
  );
  return (
    <Section title="Members" actions={<More to={`${base}/members`}>All members</More>}>
      {members.isPending && <Loading />}
      <Problem error={members.error} />
      <Stack gap="xs">
        {members.data?.items.map(({ userId, name, email, role }) => (
          <Group key={userId} gap="sm" wrap="nowrap">
            <Avatar size={28} radius="xl" name={name || email} color="initials" aria-hidden />
            <Text size="sm" className="truncate" flex={1}>
              {name || email}
            </Text>
            <Status value={role} />
          </Group>
        ))}
      </Stack>
    </Section>
  );
}
