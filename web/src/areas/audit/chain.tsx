/** Whether the trail is as it was written: how far it is sealed, and a look at all of it on demand. */
import { Alert, Button, Group, Text } from '@mantine/core';
import { useState } from 'react';
import { type Api, answer, type Thing } from '../../api/client.ts';
import { useRead, useScope } from '../../hooks/data.ts';
import { Problem } from '../../parts/problem.tsx';
import { When } from '../../parts/when.tsx';

type Verification = Thing<'AuditVerification'>;
type Finding = Verification['findings'][number];

/** What was looked at, and what of it was wrong. */
type Verdict = { links: number; findings: Finding[] };

export function Chain() {
  const { api } = useScope();
  const state = useRead(['audit', 'chain'], (from) => verifyPage(from, { limit: 1 }));
  const [isBusy, setIsBusy] = useState(false);
  const [verdict, setVerdict] = useState<Verdict>();
  const [error, setError] = useState<unknown>();
  const verify = async () => {
    setIsBusy(true);
    setError(undefined);
    try {
      setVerdict(await verifyAll(api));
    } catch (failure) {
      setError(failure);
    } finally {
      setIsBusy(false);
    }
  };
  return (
    <>
      <Group gap="xs" px="md" pb="sm">
        <Text size="sm" c="dimmed">
          {state.data === undefined ? 'Sealed: …' : <Standing {...state.data} />}
        </Text>
        <Button size="compact-xs" variant="default" loading={isBusy} onClick={() => void verify()}>
          Verify now
        </Button>
      </Group>
      {verdict !== undefined && <Said {...verdict} />}
      <Problem error={error ?? state.error} />
    </>
  );
}

function Standing({ head, lastCheck }: Verification) {
  if (head === null) return <>Nothing is sealed yet.</>;
  return (
    <>
      Sealed up to entry {head.sequence}, <When at={head.sealedAt} />; last checked{' '}
      <When at={lastCheck?.at} empty="not yet" />
      {lastCheck !== null && lastCheck.findings > 0 && `, with ${lastCheck.findings} findings`}.
    </>
  );
}

function Said({ links, findings }: Verdict) {
  const [first] = findings;
  if (first === undefined) {
    return (
      <Alert color="green" mx="md" mb="sm" role="status">
        {links === 1 ? 'One entry was' : `${links} entries were`} verified: nothing was changed.
      </Alert>
    );
  }
  return (
    <Alert color="red" mx="md" mb="sm" title="The trail is not what was written">
      {findings.length} findings; the first: {first.kind} {first.eventId ?? `at link ${first.sequence}`}
    </Alert>
  );
}

async function verifyAll(api: Api): Promise<Verdict> {
  const verdict: Verdict = { links: 0, findings: [] };
  let cursor: string | null = '';
  while (cursor !== null) {
    const page: Verification = await verifyPage(api, {
      limit: 5_000,
      ...(cursor === '' ? {} : { cursor }),
    });
    verdict.links = page.to;
    verdict.findings.push(...page.findings);
    cursor = page.nextCursor;
  }
  return verdict;
}

function verifyPage(api: Api, query: { limit: number; cursor?: string }): Promise<Verification> {
  return answer(api.GET('/v1/audit/verify', { params: { query } }));
}
