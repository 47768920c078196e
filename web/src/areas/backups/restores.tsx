/** Restores: at which step each is, and what can be done next by whom. */
import { Button, Group, Text } from '@mantine/core';
import { useState } from 'react';
import { answer, type Thing } from '../../api/client.ts';
import { useConsole } from '../../hooks/console.ts';
import { useChange, usePages } from '../../hooks/data.ts';
import { useNames } from '../../hooks/names.ts';
import { useTenant } from '../../hooks/tenant.ts';
import { PagedTable } from '../../parts/data-table.tsx';
import { Section } from '../../parts/page.tsx';
import { Problem } from '../../parts/problem.tsx';
import { Status } from '../../parts/status.tsx';
import { When } from '../../parts/when.tsx';
import { ShowRestore } from './show.tsx';

type Restore = Thing<'Restore'>;
type Step = 'approve' | 'reject' | 'cancel';

const movingMs = 2_000;
const done: Readonly<Record<Step, string>> = {
  approve: 'It is being prepared. Nothing changes yet.',
  reject: 'The restore was refused.',
  cancel: 'The restore was let go of.',
};

export function Restores() {
  const { may } = useTenant();
  const nameOf = useNames();
  const [shown, setShown] = useState<string>();
  const restores = usePages(
    ['restores'],
    (api, cursor) => answer(api.GET('/v1/restores', { params: { query: { limit: 10, ...cursor } } })),
    {
      enabled: may('restores:read'),
      everyMs: (items) =>
        items.some(({ status }) => status === 'preparing' || status === 'applying') ? movingMs : false,
    },
  );
  const take = useChange(
    (api, { restoreId, step }: { restoreId: string; step: Step }) => {
      const params = { path: { restoreId } };
      if (step === 'approve') return answer(api.POST('/v1/restores/{restoreId}/approve', { params }));
      if (step === 'reject') return answer(api.POST('/v1/restores/{restoreId}/reject', { params }));
      return answer(api.POST('/v1/restores/{restoreId}/cancel', { params }));
    },
    { done: (_, { step }) => done[step], stale: [['restores'], ['audit']] },
  );
  // A tenant that was never restored has nothing to see here.
  if (!may('restores:read') || restores.items === undefined || restores.items.length === 0) return null;
  return (
    <Section title="Restores" flush>
      <Problem error={take.error} />
      <PagedTable
        label="Restores"
        pages={restores}
        keyOf={({ id }) => id}
        empty={null}
        columns={[
          { header: 'Return to', cell: (one) => <Why restore={one} by={nameOf(one.requestedBy)} /> },
          { header: 'Step', cell: ({ status }) => <Status value={status} /> },
          { header: 'Asked', from: 'md', cell: ({ createdAt }) => <When at={createdAt} /> },
          {
            header: '',
            isNumber: true,
            cell: (one) => (
              <Steps
                restore={one}
                onShow={() => setShown(one.id)}
                onStep={(step) => take.mutate({ restoreId: one.id, step })}
              />
            ),
          },
        ]}
      />
      {shown !== undefined && <ShowRestore restoreId={shown} onClose={() => setShown(undefined)} />}
    </Section>
  );
}

function Why({ restore: { snapshotAt, reason, error }, by }: { restore: Restore; by: string }) {
  return (
    <>
      <Text size="sm" component="span">
        <When at={snapshotAt} empty="a backup" />
      </Text>
      <Text size="xs" c="dimmed" className="break">
        {reason} · asked by {by}
        {error !== null && ` · ${error}`}
      </Text>
    </>
  );
}

type StepsProps = { restore: Restore; onShow: () => void; onStep: (step: Step) => void };

function Steps({ restore: { status, requestedBy }, onShow, onStep }: StepsProps) {
  const { may } = useTenant();
  const { profile } = useConsole();
  const isOwn = requestedBy === profile.id;
  const isOpen = status === 'requested' || status === 'ready';
  return (
    <Group gap={4} justify="flex-end">
      {status === 'requested' && !isOwn && may('restores:approve') && (
        <>
          <Button size="compact-xs" onClick={() => onStep('approve')}>
            Agree
          </Button>
          <Button size="compact-xs" variant="default" onClick={() => onStep('reject')}>
            Refuse
          </Button>
        </>
      )}
      {status === 'requested' && isOwn && (
        <Text size="xs" c="dimmed">
          Waits for somebody else
        </Text>
      )}
      {(status === 'ready' || status === 'applied' || status === 'failed') && (
        <Button size="compact-xs" variant={status === 'ready' ? 'filled' : 'subtle'} onClick={onShow}>
          {status === 'ready' ? 'See the difference' : 'Details'}
        </Button>
      )}
      {isOpen && may('restores:request') && (
        <Button size="compact-xs" variant="subtle" color="red" onClick={() => onStep('cancel')}>
          Let go
        </Button>
      )}
    </Group>
  );
}
