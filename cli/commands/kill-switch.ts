/** Stopping whole kinds of work at once, for the tenant, or by the platform’s staff for everybody. */
import { Argument } from 'commander';
import { killSwitches, killSwitchNames, type KillSwitch } from '#shared/config/capabilities.ts';
import { confirm } from '../ask.ts';
import type { Group, Run } from '../command.ts';
import { usage } from '../exit.ts';

export const addKillSwitch: Group = (program, run) => {
  const group = program
    .command('kill-switch')
    .description('Stop whole kinds of work at once, and let them go on');
  group
    .command('list')
    .description('The switches, and which of them stop something')
    .option('--platform', 'those for all tenants; for the platform’s staff')
    .action(run((self, { platform }: { platform?: true }) => list(self, platform === true)));
  for (const state of ['on', 'off'] as const) {
    group
      .command(state)
      .description(state === 'on' ? 'Stop it, from the next request on' : 'Let it go on')
      .addArgument(new Argument('<switch>', 'what').choices(killSwitchNames))
      .option('--platform', 'for all tenants; for the platform’s staff')
      .option('--reason <why>', 'with --platform: stands in the audit trail')
      .option('--yes', 'do not ask')
      .action(run((self, name: KillSwitch, options: Options) => turn(self, name, state === 'on', options)));
  }
};

type Options = { platform?: true; reason?: string; yes?: true };

async function list({ out, connect }: Run, isPlatform: boolean): Promise<void> {
  const { api } = await connect();
  const { switchedOff } = isPlatform ? await api.platform.settings({}) : await api.settings.get({});
  const rows = killSwitchNames.map((name) => ({
    name,
    summary: killSwitches[name],
    isOn: switchedOff[name] === true,
  }));
  out.rows(
    rows,
    [
      { title: 'switch', value: ({ name }) => name },
      {
        title: 'state',
        value: ({ isOn }) => (isOn ? 'on: stopped' : 'off'),
        style: ({ isOn }) => (isOn ? 'bad' : 'good'),
      },
      { title: 'stops', value: ({ summary }) => summary },
    ],
    '',
  );
}

async function turn(
  { world, out, connect }: Run,
  name: KillSwitch,
  isOn: boolean,
  { platform, reason, yes }: Options,
): Promise<void> {
  if (platform === true && reason === undefined) throw usage('Say why with --reason.');
  if (platform !== true && reason !== undefined) throw usage('--reason goes with --platform.');
  const { api, deployment } = await connect();
  if (platform === true && reason !== undefined) {
    const what = isOn ? 'Stop' : 'Let go on';
    const question = `${what} for every tenant of ${deployment.url}: ${killSwitches[name].toLowerCase()}.`;
    await confirm(world, question, { isGiven: yes === true, word: name });
    await api.platform.changeSettings({ reason, switchedOff: { [name]: isOn } });
  } else {
    if (isOn) {
      await confirm(world, `Stop for this tenant: ${killSwitches[name].toLowerCase()}?`, {
        isGiven: yes === true,
      });
    }
    await api.settings.update({ switchedOff: { [name]: isOn } });
  }
  out.note(
    `The kill switch ${name} is ${isOn ? 'on' : 'off'}${platform === true ? ' for all tenants' : ''}.`,
  );
}
