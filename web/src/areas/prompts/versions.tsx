/** The versions of a prompt: read one, go back to it, or to the platform’s own text. */
import { Badge, Button, Code, Group, Stack, Text } from '@mantine/core';
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

export function Versions({ prompt, onClose }: { prompt: Thing<'Prompt'>; onClose: () => void }) {
  const { may } = useTenant();
  const nameOf = useNames();
  const [shown, setShown] = useState<number>();
  const { key, origin, version: current } = prompt;
  const versions = useRead(['prompts', key, 'versions'], (api) =>
    answer(api.GET('/v1/ai/prompts/{key}/versions', { params: { path: { key } } })),
  );
  const activate = useChange(
    (api, activeVersion: number | null) =>
      answer(
        api.POST('/v1/ai/prompts/{key}/activate', { params: { path: { key } }, body: { activeVersion } }),
      ),
    {
      done: (now) =>
        now.origin === 'tenant' ? `Version ${now.version} is in force.` : 'The platform’s text is in force.',
      stale: [['prompts'], ['audit']],
    },
  );
  const items = versions.data?.items;
  return (
    <Dialog onClose={onClose} title={`Versions of ${key}`} size="lg">
      <Stack>
        {versions.isPending && <Loading />}
        <Problem error={versions.error ?? activate.error} />
        {items?.length === 0 && (
          <Empty title="The platform’s text has never been changed here">
            Change it, and the versions stand here.
          </Empty>
        )}
        {items !== undefined && items.length > 0 && (
          <DataTable
            label="Versions"
            rows={items}
            keyOf={({ version }) => String(version)}
            columns={[
              {
                header: 'Version',
                cell: ({ version }) => (
                  <Group gap={6} wrap="nowrap">
                    {version}
                    {origin === 'tenant' && version === current && <Badge color="green">In force</Badge>}
                  </Group>
                ),
              },
              { header: 'Note', from: 'sm', cell: ({ note }) => note ?? '–' },
              { header: 'By', from: 'sm', cell: ({ author }) => nameOf(author) },
              { header: 'When', cell: ({ createdAt }) => <When at={createdAt} /> },
              {
                header: '',
                isNumber: true,
                cell: ({ version }) => (
                  <Group gap={4} justify="flex-end" wrap="nowrap">
                    <Button
                      size="compact-xs"
                      variant="subtle"
                      aria-label={`Read version ${version}`}
                      onClick={() => setShown(version)}
                    >
                      Read
                    </Button>
                    {may('ai:manage') && !(origin === 'tenant' && version === current) && (
                      <Button
                        size="compact-xs"
                        variant="default"
                        aria-label={`Use version ${version}`}
                        onClick={() => activate.mutate(version, { onSuccess: onClose })}
                      >
                        Use
                      </Button>
                    )}
                  </Group>
                ),
              },
            ]}
          />
        )}
        {shown !== undefined && <VersionText promptKey={key} version={shown} />}
        {origin === 'tenant' && may('ai:manage') && (
          <Group justify="flex-end">
            <Button
              variant="default"
              size="xs"
              loading={activate.isPending}
              onClick={() => activate.mutate(null, { onSuccess: onClose })}
            >
              Back to the platform’s text
            </Button>
          </Group>
        )}
      </Stack>
    </Dialog>
  );
}

function VersionText({ promptKey: key, version }: { promptKey: Thing<'Prompt'>['key']; version: number }) {
  const one = useRead(['prompts', key, 'versions', version], (api) =>
    answer(api.GET('/v1/ai/prompts/{key}/versions/{version}', { params: { path: { key, version } } })),
  );
  if (one.data === undefined) return one.isPending ? <Loading lines={2} /> : <Problem error={one.error} />;
  return (
    <div>
      <Text size="sm" fw={500} mb={4}>
        Version {version}
      </Text>
      <Code block className="break" style={{ whiteSpace: 'pre-wrap' }} tabIndex={0}>
        {one.data.template}
      </Code>
    </div>
  );
}
