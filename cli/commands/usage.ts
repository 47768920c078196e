/** What the tenant has used of its plan. */
import type { Group, Run } from '../command.ts';
import type { Style } from '../table.ts';
import { count, moment } from '../text.ts';

export const addUsage: Group = (program, run) => {
  program
    .command('usage')
    .description('What the tenant has used in each window, and what is left')
    .action(run((self) => usage(self)));
};

type Line = {
  what: string;
  window: string;
  used: number;
  limit: number | null;
  resetsAt: string | null;
  unit?: 'bytes';
};

async function usage({ out, connect }: Run): Promise<void> {
  const { api } = await connect();
  const found = await api.usage.get({});
  if (out.isJson) return out.facts(found, []);
  const lines: Line[] = [
    ...found.meters.map(({ meter, window, usage: used, limit, resetsAt }) => ({
      ...{ what: meter.replaceAll('_', ' '), window, used, limit, resetsAt },
    })),
    { what: 'seats', window: '', used: found.seats.usage, limit: found.seats.limit, resetsAt: null },
    {
      ...{ what: 'storage', window: '', used: found.storageBytes.usage, limit: found.storageBytes.limit },
      ...{ resetsAt: null, unit: 'bytes' as const },
    },
  ];
  out.rows(
    lines,
    [
      { title: 'what', value: ({ what }) => what },
      { title: 'in', value: ({ window }) => window },
      { title: 'used', value: (line) => amount(line.used, line.unit), right: true },
      {
        title: 'of',
        value: (line) => (line.limit === null ? '∞' : amount(line.limit, line.unit)),
        right: true,
      },
      { title: '%', value: (line) => percentOf(line)?.toString() ?? '', right: true, style: styleOf },
      { title: '', value: (line) => bar(percentOf(line)), style: styleOf },
      { title: 'again from', value: ({ resetsAt }) => moment(resetsAt) },
    ],
    'Nothing is counted.',
  );
  out.note(`Plan ${found.plan}; days and months are those of ${found.timeZone}.`);
}

function percentOf({ used, limit }: Line): number | undefined {
  if (limit === null) return undefined;
  return limit === 0 ? 100 : Math.floor((used / limit) * 100);
}

/** At 80 and at 100 percent owners are told (LIM-3). */
function styleOf(line: Line): Style | undefined {
  const percent = percentOf(line) ?? 0;
  if (percent >= 100) return 'bad';
  return percent >= 80 ? 'warn' : undefined;
}

const barWidth = 20;

function bar(percent: number | undefined): string {
  if (percent === undefined) return '';
  const full = Math.min(barWidth, Math.ceil((percent / 100) * barWidth));
  return '█'.repeat(full) + '░'.repeat(barWidth - full);
}

const byteUnits = ['B', 'KiB', 'MiB', 'GiB', 'TiB'];

function amount(value: number, unit: 'bytes' | undefined): string {
  if (unit === undefined) return count(value);
  const step = value === 0 ? 0 : Math.min(byteUnits.length - 1, Math.floor(Math.log2(value) / 10));
  return `${Math.round((value / 1024 ** step) * 10) / 10} ${byteUnits[step]}`;
}
