/** Members of the tenant, and who is invited. */
import { Argument, Option } from 'commander';
import { roleNames, type TenantRole } from '#shared/contract/roles.ts';
import { confirm } from '../ask.ts';
import { rowCount } from '../arguments.ts';
import type { Group, Run } from '../command.ts';
import type { Connection } from '../connection.ts';
import { exitCodes, Refusal } from '../exit.ts';
import { collect } from '../pages.ts';
import { moment, printable } from '../text.ts';

export const addMembers: Group = (program, run) => {
  const members = program.command('members').description('Members of the tenant and their roles');
  members
    .command('list')
    .description('Members, in the order they joined')
    .option('--invited', 'invitations instead, newest first')
    .option('--limit <rows>', 'the most to show', rowCount, 1_000)
    .action(
      run((self, { invited, limit }: { invited?: true; limit: number }) =>
        invited === true ? listInvitations(self, limit) : list(self, limit),
      ),
    );
  members
    .command('invite <e-mail>')
    .description('Invite a person by e-mail')
    .addOption(new Option('--role <role>', 'what they may do').choices(roleNames).makeOptionMandatory())
    .action(run((self, email: string, { role }: { role: TenantRole }) => invite(self, email, role)));
  members
    .command('role <member>')
    .description('Change the role of a member, given by e-mail address or id')
    .addArgument(new Argument('<role>', 'what they may do').choices(roleNames))
    .action(run((self, named: string, role: TenantRole) => changeRole(self, named, role)));
  members
    .command('remove <member>')
    .description('Remove a member, or withdraw the invitation of an address')
    .option('--yes', 'do not ask')
    .action(run((self, named: string, { yes }: { yes?: true }) => remove(self, named, yes === true)));
};

async function list({ out, connect }: Run, limit: number): Promise<void> {
  const { api } = await connect();
  const rows = await collect((page) => api.members.list(page), limit);
  out.rows(
    rows,
    [
      { title: 'name', value: ({ name }) => name },
      { title: 'e-mail', value: ({ email }) => email },
      { title: 'role', value: ({ role }) => role },
      { title: 'joined', value: ({ joinedAt }) => moment(joinedAt) },
      { title: 'id', value: ({ userId }) => userId },
    ],
    'The tenant has no members.',
  );
}

async function listInvitations({ out, connect }: Run, limit: number): Promise<void> {
  const { api } = await connect();
  const rows = await collect((page) => api.members.invitations(page), limit);
  out.rows(
    rows,
    [
      { title: 'e-mail', value: ({ email }) => email },
      { title: 'role', value: ({ role }) => role },
      {
        title: 'status',
        value: ({ status }) => status,
        style: ({ status }) => (status === 'pending' ? 'warn' : 'faint'),
      },
      { title: 'invited', value: ({ createdAt }) => moment(createdAt) },
      { title: 'expires', value: ({ expiresAt }) => moment(expiresAt) },
      { title: 'id', value: ({ id }) => id },
    ],
    'Nobody is invited.',
  );
}

async function invite({ out, connect }: Run, email: string, role: TenantRole): Promise<void> {
  const { api } = await connect();
  const invitation = await api.members.invite({ email, role });
  out.plain(invitation, invitation.id);
  out.note(`Invited ${printable(invitation.email)} as ${role}, until ${moment(invitation.expiresAt)}.`);
}

async function changeRole({ out, connect }: Run, named: string, role: TenantRole): Promise<void> {
  const { api } = await connect();
  const { userId } = await memberNamed({ api }, named);
  const member = await api.members.changeRole({ userId, role });
  out.plain(member, member.userId);
  out.note(`${printable(member.email)} is ${member.role} now.`);
}

async function remove({ world, out, connect }: Run, named: string, isGiven: boolean): Promise<void> {
  const { api } = await connect();
  const member = await findMember({ api }, named);
  if (member !== undefined) {
    await confirm(world, `Remove ${member.email}, ${member.role}?`, { isGiven });
    await api.members.remove({ userId: member.userId });
    return out.note(`Removed ${printable(member.email)}.`);
  }
  const invitations = await collect((page) => api.members.invitations(page), 10_000);
  const open = invitations.find(
    ({ id, email, status }) => status === 'pending' && (email === named.toLowerCase() || id === named),
  );
  if (open === undefined) throw noMember(named);
  await confirm(world, `Withdraw the invitation of ${open.email}?`, { isGiven });
  await api.members.withdraw({ invitationId: open.id });
  out.note(`Withdrew the invitation of ${printable(open.email)}.`);
}

async function memberNamed(connection: Pick<Connection, 'api'>, named: string) {
  const found = await findMember(connection, named);
  if (found === undefined) throw noMember(named);
  return found;
}

async function findMember({ api }: Pick<Connection, 'api'>, named: string) {
  const members = await collect((page) => api.members.list(page), 10_000);
  return members.find(({ userId, email }) => userId === named || email === named.toLowerCase());
}

function noMember(named: string): Refusal {
  return new Refusal(`The tenant has no member ${named}.`, {
    exitCode: exitCodes.notFound,
    advice: 'plinth members list shows them.',
  });
}
