/** One-time codes that are there without having been sent, so that a battery knows them. */
import { randomUUID } from 'node:crypto';
import { callAws } from '#local/front/call.ts';
import { type UserId, uuidOf } from '#shared/contract/ids.ts';
import { codeHash } from '#shared/verification/code-store.ts';
import type { CodeState } from '#shared/verification/codes.ts';

/** Where DynamoDB, or the front before it, listens, and the gate's table there. */
export type GateAddress = { port: number; table: string };

/** Gives a person a live code for a phone of theirs. */
export async function plantCode({ port, table }: GateAddress, secret: string, user: UserId): Promise<string> {
  const [id, code] = [randomUUID(), '271828'];
  const state: CodeState = {
    ...{ sends: [], verifies: [], failures: 0, lockedUntil: 0, reported: { sends: 0, verifies: 0 } },
    code: {
      ...{ id, channel: 'sms', address: '+447700900123', hash: codeHash(secret, user, id, code) },
      goodUntil: Date.now() + 30 * 60_000,
    },
  };
  await callAws({
    port,
    target: 'DynamoDB_20120810.UpdateItem',
    region: 'us-east-1',
    body: {
      TableName: table,
      Key: { pk: { S: `O#${uuidOf(user)}` } },
      UpdateExpression: 'SET #document = :document ADD #version :one',
      ExpressionAttributeNames: { '#document': 'document', '#version': 'version' },
      ExpressionAttributeValues: { ':document': { S: JSON.stringify(state) }, ':one': { N: '1' } },
    },
  });
  return code;
}
