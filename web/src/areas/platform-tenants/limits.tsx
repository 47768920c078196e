/** How many requests and messages a tenant may make beyond its plan, or less than it. */
import { NumberInput, SimpleGrid, Text } from '@mantine/core';
import { useState } from 'react';
import { messageLimits, rateLimits } from '#shared/config/plans.ts';
import { answer, type Thing } from '../../api/client.ts';
import { mayForPlatform, useConsole } from '../../hooks/console.ts';
import { useChange, useRead } from '../../hooks/data.ts';
import { FormDialog } from '../../parts/form.tsx';
import { Loading } from '../../parts/page.tsx';
import { Problem } from '../../parts/problem.tsx';
import { isReason, Reason } from '../../parts/reason.tsx';

type TenantProps = { tenant: Thing<'Tenant'>; onClose: () => void };
type RateName = keyof typeof labels;

const labels = {
  userPerMinute: 'Requests a minute, of one member',
  keyPerMinute: 'Requests a minute, of one key',
  tenantPerMinute: 'Requests a minute, of all',
  recipientPerDay: 'Messages a day, to one person',
  emailPerDay: 'E-mails a day',
  smsPerDay: 'Text messages a day',
  whatsappPerDay: 'WhatsApp messages a day',
};
const names = Object.keys(labels) as RateName[];

export function Limits({ tenant, onClose }: TenantProps) {
  const { staffRoles } = useConsole();
  const mayChange = mayForPlatform(staffRoles, 'platform:tenants:configure');
  const [changed, setChanged] = useState<Partial<Record<RateName, number | null>>>({});
  const [reason, setReason] = useState('');
  const params = { path: { tenantId: tenant.id } };
  const stored = useRead(['overrides', tenant.id], (api) =>
    answer(api.GET('/v1/platform/tenants/{tenantId}/overrides', { params })),
  );
  const save = useChange(
    (api, why: string) =>
      answer(
        api.PATCH('/v1/platform/tenants/{tenantId}/overrides', {
          params,
          body: { reason: why, rates: changed },
        }),
      ),
    { done: () => `The rates of ${tenant.name} were changed.`, stale: [['overrides'], ['audit']] },
  );
  const ofPlan = { ...rateLimits[tenant.plan], ...messageLimits[tenant.plan] };
  const valueOf = (name: RateName) => {
    const chosen = changed[name];
    if (chosen !== undefined) return chosen ?? '';
    return stored.data?.rates[name] ?? '';
  };
  return (
    <FormDialog
      title={`Rates of ${tenant.name}`}
      size="lg"
      submit="Change the rates"
      isBusy={save.isPending}
      error={save.error}
      isReady={mayChange && Object.keys(changed).length > 0 && isReason(reason)}
      onSubmit={() => save.mutate(reason.trim(), { onSuccess: onClose })}
      onClose={onClose}
    >
      <Text size="sm" c="dimmed">
        An empty field has what the plan has.
      </Text>
      {stored.isPending && <Loading />}
      <Problem error={stored.error} />
      <SimpleGrid cols={{ base: 1, sm: 2 }}>
        {names.map((name) => (
          <NumberInput
            key={name}
            label={labels[name]}
            placeholder={String(ofPlan[name])}
            min={0}
            readOnly={!mayChange}
            value={valueOf(name)}
            onChange={(value) =>
              setChanged((before) => ({ ...before, [name]: typeof value === 'number' ? value : null }))
            }
          />
        ))}
      </SimpleGrid>
      {mayChange && <Reason value={reason} onChange={setReason} />}
    </FormDialog>
  );
}
