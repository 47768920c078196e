/** One endpoint: who may call it, what it takes and answers, how it refuses, and a call to copy. */
import { Badge, Box, Button, Code, CopyButton, Group, Stack, Text, Title } from '@mantine/core';
import { type ReactNode, useState } from 'react';
import { useConsole } from '../../hooks/console.ts';
import { DataTable } from '../../parts/data-table.tsx';
import {
  type ApiDocument,
  curlOf,
  jsonOf,
  type Operation,
  refusalsOf,
  sayType,
  successOf,
} from './document.ts';
import { SchemaTree } from './schema-tree.tsx';

type OperationProps = { document: ApiDocument; operation: Operation };

const colors: Readonly<Record<string, string>> = {
  GET: 'blue',
  POST: 'green',
  PATCH: 'orange',
  PUT: 'orange',
  DELETE: 'red',
};

/** Closed, it is a line; what is in it is made when it is opened for the first time. */
export function OneOperation({ document, operation }: OperationProps) {
  const [wasOpened, setWasOpened] = useState(false);
  const { method, path, summary, operationId } = operation;
  return (
    <details
      className="operation"
      id={operationId}
      onToggle={({ currentTarget }) => currentTarget.open && setWasOpened(true)}
    >
      <summary>
        <Badge color={colors[method] ?? 'gray'} w="4.5rem" miw="4.5rem">
          {method}
        </Badge>
        <code className="break">{path}</code>
        <Text size="sm" c="dimmed">
          {summary}
        </Text>
      </summary>
      {wasOpened && <Opened document={document} operation={operation} />}
    </details>
  );
}

function Opened({ document, operation }: OperationProps) {
  const { parameters = [], requestBody } = operation;
  const body = jsonOf(requestBody?.content);
  const { status, schema } = successOf(operation);
  const refusals = refusalsOf(operation);
  return (
    <Stack gap="md" py="sm" pl={{ base: 0, sm: 'md' }}>
      <Who operation={operation} />
      <Call text={curlOf(document, operation, useConsole().config.apiUrl)} />
      {parameters.length > 0 && (
        <Part title="Parameters">
          <DataTable
            label="Parameters"
            rows={parameters}
            keyOf={(one) => `${one.in} ${one.name}`}
            columns={[
              { header: 'Name', cell: (one) => <Code>{one.name}</Code> },
              { header: 'In', cell: (one) => `${one.in}${one.required === true ? ', required' : ''}` },
              { header: 'Type', from: 'sm', cell: (one) => sayType(one.schema) },
              { header: 'About', from: 'md', cell: (one) => one.description ?? one.schema.description ?? '' },
            ]}
          />
        </Part>
      )}
      {body !== undefined && (
        <Part title="Body">
          <SchemaTree document={document} schema={body} />
        </Part>
      )}
      <Part title={`Answer ${status}`}>
        {schema === undefined ? (
          <Text size="sm">Nothing, or no JSON.</Text>
        ) : (
          <SchemaTree document={document} schema={schema} />
        )}
      </Part>
      {refusals.length > 0 && (
        <Part title="Refusals">
          <DataTable
            label="Refusals"
            rows={refusals}
            keyOf={({ status: one, code }) => `${one} ${code}`}
            columns={[
              { header: 'Status', cell: (one) => one.status },
              { header: 'Code', cell: ({ code }) => <Code className="break">{code}</Code> },
              { header: 'Meaning', from: 'sm', cell: ({ title }) => title },
            ]}
          />
        </Part>
      )}
    </Stack>
  );
}

function Who({ operation }: { operation: Operation }) {
  const permission = operation['x-plinth-permission'];
  const capability = operation['x-plinth-capability'];
  return (
    <Text size="sm">
      {planes[operation['x-plinth-plane']] ?? operation['x-plinth-plane']}
      {permission !== undefined && (
        <>
          {' '}
          who hold <Code>{permission}</Code>
        </>
      )}
      {capability !== undefined && (
        <>
          , where <Code>{capability}</Code> is on
        </>
      )}
      .
    </Text>
  );
}

const planes: Readonly<Record<string, string>> = {
  public: 'Anybody, without signing in',
  user: 'Everybody signed in, about themselves',
  tenant: 'Members and API keys of a tenant',
  platform: 'The platform’s staff',
};

function Call({ text }: { text: string }) {
  return (
    <Box>
      <Code block tabIndex={0} style={{ whiteSpace: 'pre-wrap', overflowWrap: 'anywhere' }}>
        {text}
      </Code>
      <Group mt="xs">
        <CopyButton value={text}>
          {({ copied, copy }) => (
            <Button size="compact-xs" variant="default" onClick={copy}>
              {copied ? 'Copied' : 'Copy the call'}
            </Button>
          )}
        </CopyButton>
      </Group>
    </Box>
  );
}

function Part({ title, children }: { title: string; children: ReactNode }) {
  return (
    <div>
      <Title order={3} size="sm" mb={4}>
        {title}
      </Title>
      {children}
    </div>
  );
}
