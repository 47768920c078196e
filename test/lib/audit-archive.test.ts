/** The archive of audit trails as it is deployed: locked for as long as promised, and with nobody who may remove. */
import { describe, expect, test } from '@jest/globals';
import { type Resource, type Synthesized, synthesize } from './synth.ts';

const prod = synthesize({ environment: 'prod' });
const dev = synthesize({ environment: 'dev' });

const all = ({ templates }: Synthesized, type: string): [string, Resource][] =>
  Object.values(templates).flatMap((template) =>
    Object.entries(template.Resources).filter(([, resource]) => resource.Type === type),
  );

function archiveOf(cell: Synthesized): Resource {
  const found = all(cell, 'AWS::S3::Bucket').filter(([id]) => id.startsWith('AuditArchive'));
  const [bucket] = found;
  if (bucket === undefined || found.length > 1) throw new Error('there is not one archive');
  return bucket[1];
}

const lock = (Mode: string, Days: number) => ({
  ObjectLockEnabled: true,
  ObjectLockConfiguration: { ObjectLockEnabled: 'Enabled', Rule: { DefaultRetention: { Mode, Days } } },
  VersioningConfiguration: { Status: 'Enabled' },
});

type Statement = { Effect: string; Action: string | string[]; Resource: unknown };

/** What roles are granted of the archive, by logical id of the policy. */
function grantsOf(cell: Synthesized): [string, string[]][] {
  return all(cell, 'AWS::IAM::Policy').flatMap(([id, { Properties = {} }]) => {
    const { Statement: statements } = Properties.PolicyDocument as { Statement: Statement[] };
    return statements
      .filter(({ Resource: of }) => JSON.stringify(of).includes('audit-archive'))
      .map(({ Action }): [string, string[]] => [id, [Action].flat()]);
  });
}

describe('the archive of audit trails', () => {
  test('[AUD-4] in production nobody removes or changes an object for seven years, the root included', () => {
    expect(archiveOf(prod).Properties).toMatchObject(lock('COMPLIANCE', 2_557));
    expect(2_557).toBeGreaterThanOrEqual(7 * 365 + 2);
    expect(archiveOf(prod).DeletionPolicy).toBe('Retain');
  });

  test('[AUD-4] elsewhere it can be tried and taken down again', () => {
    expect(archiveOf(dev).Properties).toMatchObject(lock('GOVERNANCE', 7));
  });

  test('[AUD-4] one function writes and reads it; to remove, to list or to shorten a lock is granted to nobody', () => {
    for (const cell of [prod, dev]) {
      const grants = grantsOf(cell);
      expect(grants.map(([, actions]) => actions)).toEqual([['s3:GetObject', 's3:PutObject']]);
      expect(grants[0]?.[0]).toMatch(/^scheduleaudit/);
    }
  });

  test('[AUD-1] trails are sealed as often as the outbox is swept', () => {
    const rules = all(prod, 'AWS::Events::Rule').filter(([id]) => id.startsWith('Scheduleaudit'));
    expect(rules.map(([, { Properties }]) => Properties?.ScheduleExpression)).toEqual(['rate(1 minute)']);
  });
});
