/** A request by the id that its answer carried: what was kept of it in this tenant. */
import { Button, Group, TextInput } from '@mantine/core';
import { useState } from 'react';
import { useSearchParams } from 'react-router';
import { answer } from '../../api/client.ts';
import { useRead } from '../../hooks/data.ts';
import { useNames } from '../../hooks/names.ts';
import { Loading, Page, Section } from '../../parts/page.tsx';
import { Problem } from '../../parts/problem.tsx';
import { Traces } from './traces.tsx';

export default function RequestsPage() {
  const nameOf = useNames();
  const [query, setQuery] = useSearchParams();
  const wanted = query.get('id') ?? '';
  const [typed, setTyped] = useState(wanted);
  const found = useRead(
    ['requests', wanted],
    (api) => answer(api.GET('/v1/requests/{requestId}', { params: { path: { requestId: wanted } } })),
    { enabled: wanted !== '' },
  );
  return (
    <Page
      title="Find a request"
      about="Every answer carries the id of its request, and so does every problem. Here is what was kept of it in this tenant."
    >
      <form
        onSubmit={(event) => {
          event.preventDefault();
          setQuery(typed.trim() === '' ? {} : { id: typed.trim() });
        }}
      >
        <Group align="flex-end" gap="sm">
          <TextInput
            label="Id of the request"
            style={{ flex: '1 1 16rem' }}
            maw="28rem"
            value={typed}
            onChange={(event) => setTyped(event.currentTarget.value)}
          />
          <Button type="submit" disabled={typed.trim() === ''}>
            Find
          </Button>
        </Group>
      </form>
      <Problem error={found.error} />
      {wanted !== '' && found.error === null && (
        <Section title="What was kept" flush>
          {found.data === undefined ? <Loading /> : <Traces items={found.data.items} nameOf={nameOf} />}
        </Section>
      )}
    </Page>
  );
}
