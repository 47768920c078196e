/** A request by the id that its answer carried, in whatever tenant. Looking it up takes a reason and is audited. */
import { Button, Group, TextInput } from '@mantine/core';
import { useState } from 'react';
import { useSearchParams } from 'react-router';
import { answer } from '../../api/client.ts';
import { useConsole } from '../../hooks/console.ts';
import { useChange } from '../../hooks/data.ts';
import { Page, Section } from '../../parts/page.tsx';
import { Problem } from '../../parts/problem.tsx';
import { isReason, Reason } from '../../parts/reason.tsx';
import { Traces } from '../requests/traces.tsx';

export default function PlatformRequestsPage() {
  const { profile } = useConsole();
  const [query] = useSearchParams();
  const [id, setId] = useState(query.get('id') ?? '');
  const [reason, setReason] = useState('');
  // Not a read that is repeated whenever the page is shown: each one stands in the trail.
  const look = useChange(
    (api, asked: { id: string; reason: string }) =>
      answer(
        api.GET('/v1/platform/requests/{requestId}', {
          params: { path: { requestId: asked.id }, query: { reason: asked.reason } },
        }),
      ),
    { stale: [['audit']] },
  );
  const isReady = id.trim() !== '' && isReason(reason);
  return (
    <Page
      title="Find a request"
      about="What was kept of a request in any tenant: ids and facts, nobody’s data. That you looked stands in the platform’s trail."
    >
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (isReady) look.mutate({ id: id.trim(), reason: reason.trim() });
        }}
      >
        <Group align="flex-end" gap="sm">
          <TextInput
            label="Id of the request"
            description="As the answer or the problem says it"
            required
            style={{ flex: '1 1 16rem' }}
            maw="24rem"
            value={id}
            onChange={(event) => setId(event.currentTarget.value)}
          />
          <Reason value={reason} onChange={setReason} />
          <Button type="submit" loading={look.isPending} disabled={!isReady}>
            Find
          </Button>
        </Group>
      </form>
      <Problem error={look.error} />
      {look.data !== undefined && (
        <Section title="What was kept" flush>
          <Traces items={look.data.items} nameOf={(by) => (by === profile.id ? 'you' : by)} />
        </Section>
      )}
    </Page>
  );
}
