/** Making a key: what it is for, what it may do, from where and for how long. */
import { Checkbox, NativeSelect, Radio, ScrollArea, Stack, TextInput, Textarea } from '@mantine/core';
import { useState } from 'react';
import { permissionsOfKey } from '#shared/access/roles.ts';
import { tenantPermissions } from '#shared/contract/permissions.ts';
import { roleNames, type TenantRole } from '#shared/contract/roles.ts';
import { answer, type Thing } from '../../api/client.ts';
import { useChange } from '../../hooks/data.ts';
import { useTenant } from '../../hooks/tenant.ts';
import { FormDialog } from '../../parts/form.tsx';
import { capital } from '../../parts/status.tsx';
import { lifetimes, linesOf } from './lifetimes.ts';

/** A permission as the API document lists it. */
type Scope = NonNullable<Thing<'ApiKey'>['scopes']>[number];

type CreateKeyProps = { onMade: (key: Thing<'IssuedApiKey'>) => void; onClose: () => void };

export function CreateKey({ onMade, onClose }: CreateKeyProps) {
  const { role: own } = useTenant();
  const [name, setName] = useState('');
  const [environment, setEnvironment] = useState<'live' | 'test'>('live');
  const [role, setRole] = useState<TenantRole>('operator');
  const [scopes, setScopes] = useState<Scope[]>();
  const [addresses, setAddresses] = useState('');
  const [days, setDays] = useState('90');
  const allowed = roleNames.slice(roleNames.indexOf(own));
  const create = useChange(
    (api, _: undefined) =>
      answer(
        api.POST('/v1/keys', {
          body: {
            name: name.trim(),
            environment,
            role,
            allowedAddresses: linesOf(addresses),
            ...(scopes === undefined ? {} : { scopes }),
            ...lifetimes.expiresIn(days),
          },
        }),
      ),
    { stale: [['keys'], ['audit']] },
  );
  return (
    <FormDialog
      title="Make an API key"
      submit="Make the key"
      isBusy={create.isPending}
      error={create.error}
      isReady={name.trim() !== '' && scopes?.length !== 0}
      onSubmit={() => create.mutate(undefined, { onSuccess: onMade })}
      onClose={onClose}
    >
      <TextInput
        label="Name"
        description="What uses it, such as “Nightly import”"
        required
        maxLength={100}
        data-autofocus
        value={name}
        onChange={(event) => setName(event.currentTarget.value)}
      />
      <NativeSelect
        label="Role"
        data={allowed.map((value) => ({ value, label: capital(value) }))}
        value={role}
        onChange={(event) => {
          setRole(event.currentTarget.value as TenantRole);
          setScopes(undefined);
        }}
      />
      <Scopes role={role} scopes={scopes} onChange={setScopes} />
      <NativeSelect
        label="Expires"
        data={lifetimes.choices}
        value={days}
        onChange={(event) => setDays(event.currentTarget.value)}
      />
      <NativeSelect
        label="Environment"
        data={[
          { value: 'live', label: 'Live: serves people' },
          { value: 'test', label: 'Test: tries things out' },
        ]}
        value={environment}
        onChange={(event) => setEnvironment(event.currentTarget.value as 'live' | 'test')}
      />
      <Textarea
        label="Works from"
        description="Addresses and networks, one a line, such as 203.0.113.0/24; empty: from anywhere"
        rows={2}
        value={addresses}
        onChange={(event) => setAddresses(event.currentTarget.value)}
      />
    </FormDialog>
  );
}

type ScopesProps = {
  role: TenantRole;
  scopes: Scope[] | undefined;
  onChange: (scopes: Scope[] | undefined) => void;
};

function Scopes({ role, scopes, onChange }: ScopesProps) {
  const held = [...permissionsOfKey({ role, scopes: null })] as Scope[];
  return (
    <>
      <Radio.Group
        label="May do"
        value={scopes === undefined ? 'all' : 'some'}
        onChange={(value) => onChange(value === 'all' ? undefined : [])}
      >
        <Stack gap={6} mt={4}>
          <Radio value="all" label="All that its role may" />
          <Radio value="some" label="Some of it" />
        </Stack>
      </Radio.Group>
      {scopes !== undefined && (
        <ScrollArea.Autosize mah={200} type="auto" viewportProps={{ tabIndex: 0 }}>
          <Checkbox.Group
            aria-label="Permissions"
            value={scopes}
            onChange={(chosen) => onChange(held.filter((one) => chosen.includes(one)))}
          >
            <Stack gap={6} p={2}>
              {held.map((permission) => (
                <Checkbox
                  key={permission}
                  size="xs"
                  value={permission}
                  label={permission}
                  description={tenantPermissions[permission]}
                />
              ))}
            </Stack>
          </Checkbox.Group>
        </ScrollArea.Autosize>
      )}
    </>
  );
}
