/** The tenant’s domain: claimed here, proven by a record in its name servers. */
import { Button, Code, CopyButton, Group, Stack, Text, TextInput } from '@mantine/core';
import { useState } from 'react';
import { answer, type Thing } from '../../api/client.ts';
import { useChange, useRead } from '../../hooks/data.ts';
import { useTenant } from '../../hooks/tenant.ts';
import { PlainForm } from '../../parts/form.tsx';
import { Loading, Section } from '../../parts/page.tsx';
import { Problem } from '../../parts/problem.tsx';
import { When } from '../../parts/when.tsx';

const stale = [['tenant'], ['domain'], ['audit']];

export function Domain({ tenant }: { tenant: Thing<'Tenant'> }) {
  const { may } = useTenant();
  const [domain, setDomain] = useState(tenant.domain ?? '');
  const save = useChange(
    (api, wanted: string | null) => answer(api.PATCH('/v1/tenant', { body: { domain: wanted } })),
    { done: () => 'The domain was saved.', stale },
  );
  const wanted = domain.trim().toLowerCase();
  return (
    <Section title="Domain" about="Requests that come in by a proven domain mean this tenant.">
      <Stack>
        <PlainForm
          submit="Save"
          isBusy={save.isPending}
          error={save.error}
          isReady={may('tenant:update') && wanted !== (tenant.domain ?? '')}
          onSubmit={() => save.mutate(wanted === '' ? null : wanted)}
        >
          <TextInput
            label="Domain"
            placeholder="app.example.com"
            maw="24rem"
            autoComplete="off"
            spellCheck={false}
            readOnly={!may('tenant:update')}
            value={domain}
            onChange={(event) => setDomain(event.currentTarget.value)}
          />
        </PlainForm>
        {tenant.domain !== null && <Proof domain={tenant.domain} />}
      </Stack>
    </Section>
  );
}

const findings: Readonly<Record<string, string>> = {
  record: 'The record was found. The domain is proven.',
  nothing: 'The name servers do not have the record yet. It can take an hour until they do.',
  no_answer: 'The name servers of the domain did not answer. Try again later.',
};

function Proof({ domain }: { domain: string }) {
  const { may } = useTenant();
  const proof = useRead(['domain', domain], (api) => answer(api.GET('/v1/tenant/domain')));
  const verify = useChange((api, _: undefined) => answer(api.POST('/v1/tenant/domain/verify')), {
    done: ({ found }) => findings[found] ?? found,
    stale,
  });
  if (proof.data === undefined)
    return proof.isPending ? <Loading lines={2} /> : <Problem error={proof.error} />;
  const { verifiedAt, record } = proof.data;
  if (verifiedAt !== null) {
    return (
      <Text size="sm">
        Proven <When at={verifiedAt} />.
      </Text>
    );
  }
  return (
    <Stack gap="xs">
      <Text size="sm">Add this {record.type} record to prove that the domain is yours:</Text>
      <Code block className="break" tabIndex={0} style={{ whiteSpace: 'pre-wrap' }}>
        {record.name}
        {'\n'}
        {record.value}
      </Code>
      <Problem error={verify.error} />
      <Group>
        <CopyButton value={record.value}>
          {({ copied, copy }) => (
            <Button size="xs" variant="default" onClick={copy}>
              {copied ? 'Copied' : 'Copy the value'}
            </Button>
          )}
        </CopyButton>
        {may('tenant:update') && (
          <Button size="xs" loading={verify.isPending} onClick={() => verify.mutate(undefined)}>
            Look for the record
          </Button>
        )}
      </Group>
    </Stack>
  );
}
