/** API keys: what programs call the tenant with. */
import { ActionIcon, Button, Menu, Text } from '@mantine/core';
import { useState } from 'react';
import { answer, type Thing } from '../../api/client.ts';
import { usePages } from '../../hooks/data.ts';
import { useTenant } from '../../hooks/tenant.ts';
import { IconDots, IconPlus } from '../../icons.ts';
import { CopyOnce } from '../../parts/copy-once.tsx';
import { PagedTable } from '../../parts/data-table.tsx';
import { Empty } from '../../parts/empty.tsx';
import { Page, Section } from '../../parts/page.tsx';
import { Status } from '../../parts/status.tsx';
import { When } from '../../parts/when.tsx';
import { CreateKey } from './create.tsx';
import { EditKey, RevokeKey, RotateKey } from './dialogs.tsx';

type Key = Thing<'ApiKey'>;
type Doing = { what: 'create' } | { what: 'edit' | 'rotate' | 'revoke'; key: Key } | undefined;

export default function KeysPage() {
  const { may } = useTenant();
  const [doing, setDoing] = useState<Doing>();
  const [issued, setIssued] = useState<Thing<'IssuedApiKey'>>();
  const keys = usePages(['keys'], (api, cursor) =>
    answer(api.GET('/v1/keys', { params: { query: { limit: 20, ...cursor } } })),
  );
  const close = () => setDoing(undefined);
  const show = (key: Thing<'IssuedApiKey'>) => {
    close();
    setIssued(key);
  };
  const create = (
    <Button leftSection={<IconPlus size={16} />} onClick={() => setDoing({ what: 'create' })}>
      Make a key
    </Button>
  );
  return (
    <Page
      title="API keys"
      about="Programs call the API with a key. A key does what its role may do, and no more than whoever made it."
      actions={may('keys:write') && create}
    >
      <Section title="Keys" flush>
        <PagedTable
          label="API keys"
          pages={keys}
          keyOf={({ id }) => id}
          empty={
            <Empty title="No keys yet" action={may('keys:write') && create}>
              Make one for each program, so that each can be revoked alone.
            </Empty>
          }
          columns={[
            { header: 'Name', cell: (key) => <Named apiKey={key} /> },
            { header: 'Status', cell: ({ status }) => <Status value={status} /> },
            { header: 'Role', from: 'sm', cell: (key) => <Rights apiKey={key} /> },
            { header: 'Last used', from: 'sm', cell: ({ lastUsedAt }) => <When at={lastUsedAt} /> },
            { header: 'Expires', from: 'md', cell: ({ expiresAt }) => <When at={expiresAt} /> },
            {
              header: '',
              isNumber: true,
              cell: (key) =>
                key.status === 'active' && may('keys:write') && <Actions apiKey={key} onDo={setDoing} />,
            },
          ]}
        />
      </Section>
      {doing?.what === 'create' && <CreateKey onMade={show} onClose={close} />}
      {doing?.what === 'edit' && <EditKey apiKey={doing.key} onClose={close} />}
      {doing?.what === 'rotate' && <RotateKey apiKey={doing.key} onMade={show} onClose={close} />}
      {doing?.what === 'revoke' && <RevokeKey apiKey={doing.key} onClose={close} />}
      {issued !== undefined && issued.key !== null && (
        <CopyOnce
          title={`The key “${issued.name}”`}
          about="Programs send it as a bearer token in the Authorization header."
          secret={issued.key}
          onClose={() => setIssued(undefined)}
        />
      )}
    </Page>
  );
}

function Named({ apiKey: { name, prefix, environment, replaces } }: { apiKey: Key }) {
  return (
    <>
      <Text size="sm" fw={500}>
        {name}
      </Text>
      <Text size="xs" c="dimmed">
        <code>{prefix}…</code>
        {environment === 'test' && ' · for tests'}
        {replaces !== null && ' · replaces an earlier key'}
      </Text>
    </>
  );
}

function Rights({ apiKey: { role, scopes, allowedAddresses } }: { apiKey: Key }) {
  return (
    <>
      <Status value={role} />
      <Text size="xs" c="dimmed">
        {scopes === null ? 'all of its role' : `${scopes.length} permissions`}
        {allowedAddresses.length > 0 && ` · from ${allowedAddresses.length} networks`}
      </Text>
    </>
  );
}

function Actions({ apiKey: key, onDo }: { apiKey: Key; onDo: (doing: Doing) => void }) {
  return (
    <Menu position="bottom-end" shadow="md">
      <Menu.Target>
        <ActionIcon variant="subtle" color="gray" aria-label={`Actions for ${key.name}`}>
          <IconDots size={18} />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item onClick={() => onDo({ what: 'edit', key })}>Rename or restrict</Menu.Item>
        <Menu.Item onClick={() => onDo({ what: 'rotate', key })}>Rotate</Menu.Item>
        <Menu.Item color="red" onClick={() => onDo({ what: 'revoke', key })}>
          Revoke
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
