/** Inviting people and accepting, on a real database, with AWS answered at its clients. */
import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { SendEmailCommand, SESv2Client } from '@aws-sdk/client-sesv2';
import type { SQSEvent } from 'aws-lambda';
import { mockClient } from 'aws-sdk-client-mock';
import type { Caller } from '#shared/contract/context.ts';
import { formatId, type InvitationId, type TenantId, uuidOf } from '#shared/contract/ids.ts';
import type { TenantRole } from '#shared/contract/roles.ts';
import { invitationToken } from '#shared/members/invitation-token.ts';
import { membersWorkers } from '#shared/members/members.jobs.ts';
import { membersOps as ops } from '#shared/members/members.ops.ts';
import { members as module } from '#shared/members/module.ts';
import { consume } from '#shared/middleware/consume.ts';
import { type Actor, callAs, type Kernel, startKernel } from '../../support/call-as.ts';

export type Member = Actor & { tenant: TenantId };
export type Invited = { id: InvitationId };
export type Mailed = { to: string | undefined; subject: string; text: string; html: string };

export const members = { module, ops };
/** What SES is asked to send; emptied by `answerAws`. */
export const ses = mockClient(SESv2Client);

const secret = 'a-secret-for-tests';
const secrets = mockClient(SecretsManagerClient);
const work = consume(module, membersWorkers);

/** Before each test: the link secret is there, and SES takes what it gets. */
export function answerAws(): void {
  secrets.reset();
  secrets.on(GetSecretValueCommand).resolves({ SecretString: secret });
  ses.reset();
  ses.on(SendEmailCommand).resolves({ MessageId: 'sent' });
}

export const invite = (actor: Actor, email: string, role: TenantRole = 'operator') =>
  callAs(actor, members, 'invite', { email, role });

export const accept = (user: Caller, token: string) => callAs({ user }, members, 'accept', { token });

export const withdraw = (actor: Actor, { id }: Invited) =>
  callAs(actor, members, 'withdraw', { invitationId: id });

/** The token that the invitation's mail carries; with another secret, a forged one. */
export const tokenOf = ({ tenant }: Member, { id }: Invited, signedWith = secret) =>
  invitationToken({ tenant: uuidOf(tenant), invitation: uuidOf(id) }, signedWith);

export type Inviting = Kernel & {
  runOut(invitation: Invited): Promise<void>;
  isMember(user: Caller): Promise<boolean>;
  /** Takes what waits in the outbox for the tenant and gives it to the worker, as its queue would. */
  deliver(to: Member): Promise<{ failures: number; mails: Mailed[] }>;
};

/** A kernel with what these tests ask of it. */
export async function startInviting(): Promise<Inviting> {
  const kernel = await startKernel();
  const { admin } = kernel.database;
  return {
    ...kernel,
    runOut: async ({ id }) => {
      await admin.query('update app.invitations set expires_at = now() where id = $1', [uuidOf(id)]);
    },
    isMember: async ({ id }) => {
      const { rowCount } = await admin.query('select from app.memberships where user_id = $1', [uuidOf(id)]);
      return rowCount === 1;
    },
    deliver: async ({ tenant }) => {
      const { rows } = await admin.query<Job>(
        "delete from app.outbox where tenant_id = $1 and kind = 'job' returning id, type, payload",
        [uuidOf(tenant)],
      );
      const { batchItemFailures } = await work({
        Records: rows.map((job) => toRecord(job, tenant)),
      } as SQSEvent);
      return { failures: batchItemFailures.length, mails: mailed() };
    },
  };
}

type Job = { id: string; type: string; payload: unknown };

function toRecord({ id, type, payload }: Job, tenantId: TenantId): object {
  return {
    messageId: id,
    body: JSON.stringify({ messageId: formatId('message', id), type, payload, tenantId, trace: null }),
    attributes: { ApproximateReceiveCount: '1' },
  };
}

function mailed(): Mailed[] {
  return ses.commandCalls(SendEmailCommand).map(({ args: [{ input }] }) => ({
    to: input.Destination?.ToAddresses?.[0],
    subject: input.Content?.Simple?.Subject?.Data ?? '',
    text: input.Content?.Simple?.Body?.Text?.Data ?? '',
    html: input.Content?.Simple?.Body?.Html?.Data ?? '',
  }));
}
