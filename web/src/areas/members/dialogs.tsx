/** Inviting somebody, giving them another role, and taking them out. */
import { NativeSelect, TextInput } from '@mantine/core';
import { useState } from 'react';
import type { TenantRole } from '#shared/contract/roles.ts';
import { answer, type Thing } from '../../api/client.ts';
import { useChange } from '../../hooks/data.ts';
import { useTenant } from '../../hooks/tenant.ts';
import { Confirm } from '../../parts/confirm.tsx';
import { FormDialog } from '../../parts/form.tsx';
import { purposes, rolesFor } from './roles.ts';

type Closing = { onClose: () => void };

export function Invite({ onClose }: Closing) {
  const [email, setEmail] = useState('');
  const [role, setRole] = useState<TenantRole>('viewer');
  const invite = useChange(
    (api, body: { email: string; role: TenantRole }) => answer(api.POST('/v1/invitations', { body })),
    { done: (sent) => `${sent.email} was invited.`, stale: [['invitations'], ['usage']] },
  );
  return (
    <FormDialog
      title="Invite somebody"
      submit="Send invitation"
      isBusy={invite.isPending}
      error={invite.error}
      onSubmit={() => invite.mutate({ email: email.trim(), role }, { onSuccess: onClose })}
      onClose={onClose}
    >
      <TextInput
        label="E-mail"
        type="email"
        required
        autoComplete="off"
        data-autofocus
        value={email}
        onChange={(event) => setEmail(event.currentTarget.value)}
      />
      <RoleSelect role={role} onChange={setRole} />
    </FormDialog>
  );
}

export function ChangeRole({ member, onClose }: Closing & { member: Thing<'Member'> }) {
  const [role, setRole] = useState<TenantRole>(member.role);
  const name = member.name || member.email;
  const change = useChange(
    (api, chosen: TenantRole) =>
      answer(
        api.PATCH('/v1/members/{userId}', {
          params: { path: { userId: member.userId } },
          body: { role: chosen },
        }),
      ),
    { done: (changed) => `${name} is ${changed.role} now.`, stale: [['members'], ['audit']] },
  );
  return (
    <FormDialog
      title={`Role of ${name}`}
      submit="Change role"
      isBusy={change.isPending}
      error={change.error}
      isReady={role !== member.role}
      onSubmit={() => change.mutate(role, { onSuccess: onClose })}
      onClose={onClose}
    >
      <RoleSelect role={role} onChange={setRole} />
    </FormDialog>
  );
}

export function RemoveMember({ member, onClose }: Closing & { member: Thing<'Member'> }) {
  const name = member.name || member.email;
  const remove = useChange(
    (api, userId: string) => answer(api.DELETE('/v1/members/{userId}', { params: { path: { userId } } })),
    { done: () => `${name} was removed.`, stale: [['members'], ['usage'], ['audit']] },
  );
  return (
    <Confirm
      title={`Remove ${name}?`}
      action="Remove"
      isBusy={remove.isPending}
      error={remove.error}
      onConfirm={() => remove.mutate(member.userId, { onSuccess: onClose })}
      onClose={onClose}
    >
      Their next request to this tenant is refused. What they did stays in the audit trail.
    </Confirm>
  );
}

function RoleSelect({ role, onChange }: { role: TenantRole; onChange: (role: TenantRole) => void }) {
  const { role: own } = useTenant();
  return (
    <NativeSelect
      label="Role"
      description={purposes[role]}
      data={rolesFor(own)}
      value={role}
      onChange={(event) => onChange(event.currentTarget.value as TenantRole)}
    />
  );
}
