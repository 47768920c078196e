/** All tenants: find one, suspend it, let it go on, change its plan or its limits. */
import { ActionIcon, Group, Menu, NativeSelect, Text, TextInput } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { useState } from 'react';
import { answer, type Thing } from '../../api/client.ts';
import { mayForPlatform, useConsole } from '../../hooks/console.ts';
import { usePages } from '../../hooks/data.ts';
import { IconDots, IconSearch } from '../../icons.ts';
import { PagedTable } from '../../parts/data-table.tsx';
import { Empty } from '../../parts/empty.tsx';
import { Page, Section } from '../../parts/page.tsx';
import { capital, Status } from '../../parts/status.tsx';
import { When } from '../../parts/when.tsx';
import { ChangePlan, Resume, Suspend } from './dialogs.tsx';
import { Limits } from './limits.tsx';
import { RequestAccess } from './request-access.tsx';

type Tenant = Thing<'Tenant'>;
type What = 'suspend' | 'resume' | 'plan' | 'limits' | 'access';
type Doing = { what: What; tenant: Tenant } | undefined;

const statuses = ['active', 'suspended', 'provisioning', 'deleting', 'deleted'] as const;
const typingMs = 300;

export default function PlatformTenantsPage() {
  const [search, setSearch] = useState('');
  const [status, setStatus] = useState('');
  const [wanted] = useDebouncedValue(search.trim(), typingMs);
  const [doing, setDoing] = useState<Doing>();
  const tenants = usePages(['tenants', wanted, status], (api, cursor) => {
    const query = {
      limit: 50,
      ...(wanted === '' ? {} : { search: wanted }),
      ...(status === '' ? {} : { status: status as Tenant['status'] }),
      ...cursor,
    };
    return answer(api.GET('/v1/platform/tenants', { params: { query } }));
  });
  const close = () => setDoing(undefined);
  return (
    <Page title="Tenants" about="Everybody’s tenants in this region. What is in them stays theirs.">
      <Section title="All tenants" flush>
        <Group px="md" pb="sm" gap="sm">
          <TextInput
            aria-label="Search by name or short name"
            placeholder="Search by name or short name"
            size="xs"
            leftSection={<IconSearch size={14} />}
            value={search}
            onChange={(event) => setSearch(event.currentTarget.value)}
          />
          <NativeSelect
            aria-label="Status"
            size="xs"
            data={[
              { value: '', label: 'Any status' },
              ...statuses.map((value) => ({ value, label: capital(value) })),
            ]}
            value={status}
            onChange={(event) => setStatus(event.currentTarget.value)}
          />
        </Group>
        <PagedTable
          label="Tenants"
          pages={tenants}
          keyOf={({ id }) => id}
          empty={
            <Empty title="No tenant fits">Search for a part of the name, or choose another status.</Empty>
          }
          columns={[
            { header: 'Tenant', cell: (tenant) => <Named tenant={tenant} /> },
            { header: 'Status', cell: ({ status: value }) => <Status value={value} /> },
            { header: 'Plan', from: 'xs', cell: ({ plan }) => capital(plan) },
            { header: 'Region', from: 'md', cell: ({ region }) => region.toUpperCase() },
            { header: 'Created', from: 'sm', cell: ({ createdAt }) => <When at={createdAt} /> },
            {
              header: '',
              isNumber: true,
              cell: (tenant) => <Actions tenant={tenant} onDo={(what) => setDoing({ what, tenant })} />,
            },
          ]}
        />
      </Section>
      {doing?.what === 'suspend' && <Suspend tenant={doing.tenant} onClose={close} />}
      {doing?.what === 'resume' && <Resume tenant={doing.tenant} onClose={close} />}
      {doing?.what === 'plan' && <ChangePlan tenant={doing.tenant} onClose={close} />}
      {doing?.what === 'limits' && <Limits tenant={doing.tenant} onClose={close} />}
      {doing?.what === 'access' && <RequestAccess tenant={doing.tenant} onClose={close} />}
    </Page>
  );
}

function Named({ tenant: { name, slug } }: { tenant: Tenant }) {
  return (
    <>
      <Text size="sm" fw={500} className="break">
        {name}
      </Text>
      <Text size="xs" c="dimmed">
        {slug}
      </Text>
    </>
  );
}

function Actions({ tenant, onDo }: { tenant: Tenant; onDo: (what: What) => void }) {
  const { staffRoles } = useConsole();
  const maySuspend = mayForPlatform(staffRoles, 'platform:tenants:suspend');
  const mayConfigure = mayForPlatform(staffRoles, 'platform:tenants:configure');
  return (
    <Menu position="bottom-end" shadow="md">
      <Menu.Target>
        <ActionIcon variant="subtle" color="gray" aria-label={`Actions for ${tenant.name}`}>
          <IconDots size={18} />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        {mayConfigure && <Menu.Item onClick={() => onDo('plan')}>Change the plan</Menu.Item>}
        <Menu.Item onClick={() => onDo('limits')}>
          {mayConfigure ? 'Change its rates' : 'See its rates'}
        </Menu.Item>
        <Menu.Item onClick={() => onDo('access')}>Ask to act for a member</Menu.Item>
        {maySuspend && tenant.status === 'active' && (
          <Menu.Item color="red" onClick={() => onDo('suspend')}>
            Suspend
          </Menu.Item>
        )}
        {maySuspend && tenant.status === 'suspended' && (
          <Menu.Item onClick={() => onDo('resume')}>Resume</Menu.Item>
        )}
      </Menu.Dropdown>
    </Menu>
  );
}
