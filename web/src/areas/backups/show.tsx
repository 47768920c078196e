/** What a restore would change, table by table; applying it takes the tenant’s short name. */
import { Alert, Button, Checkbox, Group, Stack, Text, TextInput } from '@mantine/core';
import { useState } from 'react';
import { answer, type Thing } from '../../api/client.ts';
import { useChange, useRead } from '../../hooks/data.ts';
import { useNames } from '../../hooks/names.ts';
import { useTenant } from '../../hooks/tenant.ts';
import { DataTable } from '../../parts/data-table.tsx';
import { Dialog } from '../../parts/dialog.tsx';
import { Empty } from '../../parts/empty.tsx';
import { Loading } from '../../parts/page.tsx';
import { Problem } from '../../parts/problem.tsx';
import { When } from '../../parts/when.tsx';

type Whole = Thing<'RestoreWithDifference'>;

export function ShowRestore({ restoreId, onClose }: { restoreId: string; onClose: () => void }) {
  const restore = useRead(['restores', restoreId], (api) =>
    answer(api.GET('/v1/restores/{restoreId}', { params: { path: { restoreId } } })),
  );
  return (
    <Dialog onClose={onClose} title="What the restore changes" size="xl">
      {restore.isPending && <Loading />}
      <Problem error={restore.error} retry={() => void restore.refetch()} />
      {restore.data !== undefined && <Shown restore={restore.data} onClose={onClose} />}
    </Dialog>
  );
}

function Shown({ restore, onClose }: { restore: Whole; onClose: () => void }) {
  const { may } = useTenant();
  const changed = restore.difference.filter(
    ({ added, changed: other, removed }) => added + other + removed > 0,
  );
  return (
    <Stack>
      <Text size="sm">
        The tenant returns to <When at={restore.snapshotAt} empty="the backup" />. {restore.reason}
      </Text>
      {restore.findings.length > 0 && (
        <Alert color="red" variant="light" title="The backup is not sound">
          {restore.findings.map(({ check, table, detail }) => (
            <Text size="sm" key={`${check} ${table}`}>
              {table ?? check}: {detail}
            </Text>
          ))}
        </Alert>
      )}
      {changed.length === 0 ? (
        <Empty title="Nothing would change">The tenant is as it was then.</Empty>
      ) : (
        <DataTable
          label="Differences by table"
          rows={changed}
          keyOf={({ table }) => table}
          columns={[
            { header: 'Table', cell: ({ table }) => <code>{table}</code> },
            { header: 'Come back', isNumber: true, cell: ({ added }) => added.toLocaleString('en') },
            { header: 'Change', isNumber: true, cell: ({ changed: other }) => other.toLocaleString('en') },
            { header: 'Go', isNumber: true, cell: ({ removed }) => removed.toLocaleString('en') },
          ]}
        />
      )}
      {restore.status === 'ready' && may('restores:apply') && <Apply restore={restore} onDone={onClose} />}
      {restore.status === 'applied' && may('restores:request') && (
        <Undo restoreId={restore.id} onDone={onClose} />
      )}
    </Stack>
  );
}

function Apply({ restore, onDone }: { restore: Whole; onDone: () => void }) {
  const { slug } = useTenant();
  const nameOf = useNames();
  const [typed, setTyped] = useState('');
  const [readmit, setReadmit] = useState<string[]>([]);
  const apply = useChange(
    (api, confirm: string) =>
      answer(
        api.POST('/v1/restores/{restoreId}/apply', {
          params: { path: { restoreId: restore.id } },
          body: { confirm, readmit },
        }),
      ),
    { done: () => 'The tenant is being brought back.', stale: [['restores'], ['backups'], ['audit']] },
  );
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        apply.mutate(typed, { onSuccess: onDone });
      }}
    >
      <Stack gap="sm">
        {restore.returning.length > 0 && (
          <Checkbox.Group
            label="Who has back what was taken from them since"
            description="Nobody, unless you name them"
            value={readmit}
            onChange={setReadmit}
          >
            <Stack gap={4} mt={4}>
              {restore.returning.map(({ userId, role }) => (
                <Checkbox key={userId} value={userId} label={`${nameOf(userId)}, as ${role}`} />
              ))}
            </Stack>
          </Checkbox.Group>
        )}
        <TextInput
          label={`Type ${slug} to bring the tenant back`}
          description="A backup of the tenant as it is now is taken before"
          autoComplete="off"
          value={typed}
          onChange={(event) => setTyped(event.currentTarget.value)}
        />
        <Problem error={apply.error} />
        <Group justify="flex-end">
          <Button type="submit" color="red" loading={apply.isPending} disabled={typed !== slug}>
            Bring it back
          </Button>
        </Group>
      </Stack>
    </form>
  );
}

function Undo({ restoreId, onDone }: { restoreId: string; onDone: () => void }) {
  const undo = useChange(
    (api, reason: string) =>
      answer(
        api.POST('/v1/restores/{restoreId}/undo', { params: { path: { restoreId } }, body: { reason } }),
      ),
    { done: () => 'Somebody else has to agree now.', stale: [['restores'], ['audit']] },
  );
  return (
    <>
      <Problem error={undo.error} />
      <Group justify="flex-end">
        <Button
          variant="default"
          loading={undo.isPending}
          onClick={() => undo.mutate('Take the last restore back', { onSuccess: onDone })}
        >
          Ask to take it back
        </Button>
      </Group>
    </>
  );
}
