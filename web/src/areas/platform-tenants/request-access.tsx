/** Asking a tenant to let support act for one of its members. */
import { Text, TextInput } from '@mantine/core';
import { useState } from 'react';
import { useNavigate } from 'react-router';
import { answer, type Thing } from '../../api/client.ts';
import { useChange } from '../../hooks/data.ts';
import { FormDialog } from '../../parts/form.tsx';
import { isReason, Reason } from '../../parts/reason.tsx';

const memberPattern = /^usr_[0-9a-f-]{36}$/;

export function RequestAccess({ tenant, onClose }: { tenant: Thing<'Tenant'>; onClose: () => void }) {
  const navigate = useNavigate();
  const [memberId, setMemberId] = useState('');
  const [reason, setReason] = useState('');
  const ask = useChange(
    (api, body: { tenantId: string; memberId: string; reason: string }) =>
      answer(api.POST('/v1/platform/impersonations', { body })),
    { done: () => `${tenant.name} was asked.`, stale: [['impersonations']] },
  );
  return (
    <FormDialog
      title={`Act for a member of ${tenant.name}`}
      submit="Ask"
      isBusy={ask.isPending}
      error={ask.error}
      isReady={memberPattern.test(memberId.trim()) && isReason(reason)}
      onSubmit={() =>
        ask.mutate(
          { tenantId: tenant.id, memberId: memberId.trim(), reason: reason.trim() },
          { onSuccess: () => void navigate('/platform/support') },
        )
      }
      onClose={onClose}
    >
      <Text size="sm">
        Somebody of the tenant has to allow it. It then works once, for half an hour, and everything stands in
        their audit trail.
      </Text>
      <TextInput
        label="Member"
        description="The id that the member tells you; it stands in their audit trail"
        placeholder="usr_…"
        required
        autoComplete="off"
        value={memberId}
        onChange={(event) => setMemberId(event.currentTarget.value)}
      />
      <Reason value={reason} onChange={setReason} />
    </FormDialog>
  );
}
