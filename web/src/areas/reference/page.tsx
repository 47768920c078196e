/** Every endpoint of the API, from the document that clients are made of as well. */
import { Anchor, TextInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useDeferredValue, useState } from 'react';
import { Empty } from '../../parts/empty.tsx';
import { Loading, Page, Section } from '../../parts/page.tsx';
import { Problem } from '../../parts/problem.tsx';
import { type ApiDocument, groupsOf } from './document.ts';
import { OneOperation } from './operation.tsx';

/** Beside the console's own files. */
const address = '/openapi.json';

export default function ReferencePage() {
  const [search, setSearch] = useState('');
  const wanted = useDeferredValue(search);
  const document = useQuery({ queryKey: ['reference'], queryFn: readDocument, staleTime: Infinity });
  const groups = document.data === undefined ? [] : groupsOf(document.data, wanted);
  return (
    <Page
      title="API reference"
      about={
        <>
          What the console does, programs can do as well: with an API key of a tenant, or signed in. The same
          as{' '}
          <Anchor href={address} download="plinth-openapi.json" inherit underline="always">
            a document
          </Anchor>{' '}
          for tools that make clients.
        </>
      }
    >
      <TextInput
        label="Search by path, permission or words"
        type="search"
        value={search}
        onChange={(event) => setSearch(event.currentTarget.value)}
      />
      <Problem error={document.error} retry={() => void document.refetch()} />
      {document.isPending && (
        <Section title="Endpoints">
          <Loading lines={8} />
        </Section>
      )}
      {document.data !== undefined && groups.length === 0 && <Empty title="No endpoint is called so" />}
      {document.data !== undefined &&
        groups.map(({ name, title, operations }) => (
          <Section key={name} title={title}>
            {operations.map((operation) => (
              <OneOperation key={operation.operationId} document={document.data} operation={operation} />
            ))}
          </Section>
        ))}
    </Page>
  );
}

async function readDocument(): Promise<ApiDocument> {
  const answer = await fetch(address);
  if (!answer.ok) throw new Error(`The API document could not be read: ${answer.status}.`);
  return (await answer.json()) as ApiDocument;
}
