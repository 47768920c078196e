/** What was kept of one request, by the id that its answer carried. */
import type { RequestTrace } from '#shared/audit/requests.contract.ts';
import type { Group, Run } from '../command.ts';
import { usage } from '../exit.ts';
import { moment, printable } from '../text.ts';

export const addRequest: Group = (program, run) => {
  program
    .command('request <id>')
    .description('What was kept of a request, in order: ids and facts')
    .option('--platform', 'of any tenant; for the platform’s staff')
    .option('--reason <why>', 'with --platform: stands in the audit trail')
    .action(run((self, id: string, options: Options) => show(self, id, options)));
};

type Options = { platform?: true; reason?: string };

async function show({ out, connect }: Run, requestId: string, { platform, reason }: Options): Promise<void> {
  if (platform === true && reason === undefined) throw usage('Say why with --reason.');
  if (platform !== true && reason !== undefined) throw usage('--reason goes with --platform.');
  const { api } = await connect();
  const { items }: { items: readonly (RequestTrace & { tenantId?: string | null })[] } =
    reason === undefined
      ? await api.audit.request({ requestId })
      : await api.investigation.request({ requestId, reason });
  out.rows(
    items,
    [
      { title: 'when', value: ({ at }) => moment(at) },
      { title: 'kind', value: ({ kind }) => kind.replaceAll('_', ' ') },
      { title: 'what', value: ({ what }) => printable(what ?? '–') },
      { title: 'by', value: ({ by }) => by?.id ?? '–' },
      { title: 'about', value: ({ about }) => printable(about ?? '–') },
      {
        title: 'status',
        value: ({ facts }) => (typeof facts.status === 'string' ? printable(facts.status) : '–'),
      },
      ...(platform === true
        ? [{ title: 'tenant', value: ({ tenantId }: { tenantId?: string | null }) => tenantId ?? '–' }]
        : []),
      { title: 'id', value: ({ id }) => id ?? '–' },
    ],
    'Nothing was kept of it.',
  );
}
