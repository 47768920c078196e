/** Suspending and resuming a tenant, and giving it another plan. */
import { NativeSelect, Text, TextInput } from '@mantine/core';
import { useState } from 'react';
import { planNames } from '#shared/config/plans.ts';
import { answer, type Thing } from '../../api/client.ts';
import { useChange } from '../../hooks/data.ts';
import { FormDialog } from '../../parts/form.tsx';
import { isReason, Reason } from '../../parts/reason.tsx';
import { capital } from '../../parts/status.tsx';

type TenantProps = { tenant: Thing<'Tenant'>; onClose: () => void };

const stale = [['tenants'], ['audit']];

export function Suspend({ tenant: { id, name, slug }, onClose }: TenantProps) {
  const [typed, setTyped] = useState('');
  const [reason, setReason] = useState('');
  const suspend = useChange(
    (api, why: string) =>
      answer(
        api.POST('/v1/platform/tenants/{tenantId}/suspend', {
          params: { path: { tenantId: id } },
          body: { reason: why },
        }),
      ),
    { done: () => `${name} is suspended.`, stale },
  );
  return (
    <FormDialog
      title={`Suspend ${name}?`}
      submit="Suspend"
      isBusy={suspend.isPending}
      error={suspend.error}
      isReady={typed === slug && isReason(reason)}
      onSubmit={() => suspend.mutate(reason.trim(), { onSuccess: onClose })}
      onClose={onClose}
    >
      <Text size="sm">Its members and keys are refused from the next request on, until it is resumed.</Text>
      <Reason value={reason} onChange={setReason} />
      <TextInput
        label={`Type ${slug} to confirm`}
        required
        autoComplete="off"
        value={typed}
        onChange={(event) => setTyped(event.currentTarget.value)}
      />
    </FormDialog>
  );
}

export function Resume({ tenant: { id, name }, onClose }: TenantProps) {
  const [reason, setReason] = useState('');
  const resume = useChange(
    (api, why: string) =>
      answer(
        api.POST('/v1/platform/tenants/{tenantId}/resume', {
          params: { path: { tenantId: id } },
          body: { reason: why },
        }),
      ),
    { done: () => `${name} goes on.`, stale },
  );
  return (
    <FormDialog
      title={`Resume ${name}`}
      submit="Resume"
      isBusy={resume.isPending}
      error={resume.error}
      isReady={isReason(reason)}
      onSubmit={() => resume.mutate(reason.trim(), { onSuccess: onClose })}
      onClose={onClose}
    >
      <Reason value={reason} onChange={setReason} />
    </FormDialog>
  );
}

export function ChangePlan({ tenant, onClose }: TenantProps) {
  const [plan, setPlan] = useState(tenant.plan);
  const [reason, setReason] = useState('');
  const change = useChange(
    (api, body: { plan: Thing<'Tenant'>['plan']; reason: string }) =>
      answer(
        api.PUT('/v1/platform/tenants/{tenantId}/plan', { params: { path: { tenantId: tenant.id } }, body }),
      ),
    { done: (changed) => `${tenant.name} has the plan ${changed.plan}.`, stale },
  );
  return (
    <FormDialog
      title={`Plan of ${tenant.name}`}
      submit="Change the plan"
      isBusy={change.isPending}
      error={change.error}
      isReady={plan !== tenant.plan && isReason(reason)}
      onSubmit={() => change.mutate({ plan, reason: reason.trim() }, { onSuccess: onClose })}
      onClose={onClose}
    >
      <NativeSelect
        label="Plan"
        data={planNames.map((value) => ({ value, label: capital(value) }))}
        value={plan}
        onChange={(event) => setPlan(event.currentTarget.value as typeof plan)}
      />
      <Reason value={reason} onChange={setReason} />
    </FormDialog>
  );
}
