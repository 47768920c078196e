/** The floors of the design, over the real imports; each rule is broken with a made-up set of files. */
import { describe, expect, test } from '@jest/globals';
import {
  adapterRule,
  type ArchitectureRule,
  cycleRule,
  deploymentRule,
  environmentRule,
  floorsRule,
  localRule,
  missingRule,
  neighboursRule,
  pureRule,
  registryRule,
  rules,
  sharedRule,
  statementRule,
  testRule,
} from './rules.ts';
import { projectSources, sourceFile } from './source.ts';

const sources = projectSources();

describe('[ARC-1] the project', () => {
  test.each(rules)('$name', ({ check }) => {
    expect(check(sources)).toEqual([]);
  });

  test('[ARC-3] mail, text messages and WhatsApp are sent by one adapter each', () => {
    const senders = sources.filter(
      ({ path, imports }) =>
        path.startsWith('shared/') &&
        imports.some(({ specifier }) =>
          /client-(sesv2|pinpoint-sms-voice-v2|socialmessaging)$/.test(specifier),
        ),
    );
    const homes = new Set(senders.map(({ path }) => path.split('/')[1]));
    expect([...homes].sort()).toEqual(['mail', 'sms', 'whatsapp']);
  });

  test('is read: the rules see its files and their imports', () => {
    expect(sources.length).toBeGreaterThan(100);
    expect(sources.flatMap(({ imports }) => imports).length).toBeGreaterThan(300);
  });
});

type Case = {
  rule: ArchitectureRule;
  what: string;
  bad: Record<string, string>;
  good: Record<string, string>;
  says: string;
};

const cases: Case[] = [
  {
    rule: floorsRule,
    what: 'a foundation that imports one above it',
    bad: { 'shared/tenancy/a.ts': "import { x } from '../audit/b.ts';" },
    good: { 'shared/audit/a.ts': "import { x } from '../tenancy/b.ts';" },
    says: 'shared/tenancy/a.ts imports shared/audit/b.ts: audit stands above tenancy',
  },
  {
    rule: floorsRule,
    what: 'a type from above',
    bad: { 'shared/db/a.ts': "import type { X } from '#shared/members/b.ts';" },
    good: { 'shared/members/a.ts': "import type { X } from '#shared/db/b.ts';" },
    says: 'members stands above db',
  },
  {
    rule: floorsRule,
    what: 'a foundation that re-exports from the middleware',
    bad: { 'shared/access/a.ts': "export * from '../middleware/b.ts';" },
    good: { 'shared/middleware/a.ts': "export * from '../access/b.ts';" },
    says: 'middleware stands above access',
  },
  {
    rule: floorsRule,
    what: 'an import at run time',
    bad: { 'shared/contract/a.ts': "const b = await import('../db/b.ts');" },
    good: { 'shared/db/a.ts': "const b = await import('../contract/b.ts');" },
    says: 'db stands above contract',
  },
  {
    rule: neighboursRule,
    what: 'a capability that calls another',
    bad: { 'shared/members/a.ts': "import { x } from '../platform/platform.ops.ts';" },
    good: { 'shared/members/a.ts': "import { x } from '../platform/platform.contract.ts';" },
    says: 'publish an event or a job',
  },
  {
    rule: neighboursRule,
    what: 'the middleware that calls a capability',
    bad: { 'shared/middleware/a.ts': "import { x } from '../billing/charge.ts';" },
    good: { 'shared/middleware/a.ts': "import { x } from '../limits/gate.ts';" },
    says: 'shared/middleware/a.ts imports shared/billing/charge.ts',
  },
  {
    rule: pureRule,
    what: 'a contract with behaviour behind it',
    bad: { 'shared/members/members.contract.ts': "import { sql } from '../db/sql.ts';" },
    good: {
      'shared/members/members.contract.ts': "import { z } from 'zod'; import { a } from '../x/x.rows.ts';",
    },
    says: 'shared/members/members.contract.ts imports shared/db/sql.ts',
  },
  {
    rule: pureRule,
    what: 'a module that imports a package',
    bad: { 'shared/members/module.ts': "import pg from 'pg';" },
    good: { 'shared/members/module.ts': "import { m } from './members.contract.ts';" },
    says: 'shared/members/module.ts imports pg',
  },
  {
    rule: deploymentRule,
    what: 'a stack that imports behaviour',
    bad: { 'lib/stacks/a.ts': "import { migrate } from '#shared/db/migrate.ts';" },
    good: { 'lib/stacks/a.ts': "import { registry } from '#shared/registry.ts';" },
    says: 'never from behaviour',
  },
  {
    rule: deploymentRule,
    what: 'a console that imports an operation',
    bad: { 'web/a.ts': "import { ops } from '../shared/members/members.ops.ts';" },
    good: { 'web/a.ts': "import { c } from '../shared/members/members.contract.ts';" },
    says: 'web/a.ts imports shared/members/members.ops.ts',
  },
  {
    rule: localRule,
    what: 'a local runtime that knows the stacks',
    bad: { 'local/a.ts': "import { Cell } from '#lib/cell.ts';" },
    good: { 'local/a.ts': "import { regions } from '#shared/config/regions.ts';" },
    says: 'reads the synthesized template',
  },
  {
    rule: localRule,
    what: 'a local runtime that knows the contract',
    bad: { 'local/a/b.ts': "import { x } from '../../shared/contract/ids.ts';" },
    good: { 'local/a/b.ts': "import { x } from '../state.ts';" },
    says: 'local/a/b.ts imports shared/contract/ids.ts',
  },
  {
    rule: sharedRule,
    what: 'a function that imports the local runtime',
    bad: { 'functions/http/a.ts': "import { x } from '#local/state.ts';" },
    good: { 'functions/http/a.ts': "import { x } from '#shared/members/module.ts'; import 'pg';" },
    says: 'imports shared and packages only',
  },
  {
    rule: registryRule,
    what: 'a registry with behaviour',
    bad: { 'shared/registry.ts': "import { ops } from './members/members.ops.ts';" },
    good: { 'shared/registry.ts': "import { members } from './members/module.ts';" },
    says: 'module.ts files only',
  },
  {
    rule: registryRule,
    what: 'a function that knows all modules',
    bad: { 'shared/middleware/a.ts': "import { registry } from '../registry.ts';" },
    good: { 'lib/a.ts': "import { registry } from '#shared/registry.ts';" },
    says: 'take the module as a parameter',
  },
  {
    rule: testRule,
    what: 'code that needs a test helper',
    bad: { 'local/a.ts': "import { x } from '#test/support/x.ts';" },
    good: { 'bench/a.ts': "import { x } from '#test/support/x.ts';" },
    says: 'move what is needed out of test',
  },
  {
    rule: adapterRule,
    what: 'a provider’s client outside its adapter',
    bad: { 'shared/members/a.ts': "import Anthropic from '@anthropic-ai/sdk/client';" },
    good: { 'shared/ai/providers/anthropic.ts': "import Anthropic from '@anthropic-ai/sdk';" },
    says: 'only shared/ai/providers/ may',
  },
  {
    rule: adapterRule,
    what: 'text messages past their adapter',
    bad: {
      'shared/members/a.ts':
        "import { SendTextMessageCommand } from '@aws-sdk/client-pinpoint-sms-voice-v2';",
    },
    good: {
      'shared/sms/client.ts':
        "export { SendTextMessageCommand } from '@aws-sdk/client-pinpoint-sms-voice-v2';",
    },
    says: 'only shared/sms/ may',
  },
  {
    rule: cycleRule,
    what: 'three files in a circle',
    bad: {
      'shared/db/a.ts': "import './b.ts';",
      'shared/db/b.ts': "import type { C } from './c.ts';",
      'shared/db/c.ts': "export { a } from './a.ts';",
    },
    good: {
      'shared/db/a.ts': "import './b.ts'; import './c.ts';",
      'shared/db/b.ts': "import './c.ts';",
      'shared/db/c.ts': '',
    },
    says: 'shared/db/a.ts → shared/db/b.ts → shared/db/c.ts → shared/db/a.ts',
  },
  {
    rule: missingRule,
    what: 'an import of a file that is gone',
    bad: { 'shared/db/a.ts': "import './gone.ts';" },
    good: { 'shared/db/a.ts': "import './b.ts';", 'shared/db/b.ts': '' },
    says: 'there is no such file',
  },
  {
    rule: environmentRule,
    what: 'an operation that reads the environment',
    bad: { 'shared/members/a.ts': 'const stage = process.env.STAGE;' },
    good: { 'shared/config/environment.ts': 'const stage = process.env.STAGE;' },
    says: 'add a section to shared/config/environment.ts',
  },
  {
    rule: environmentRule,
    what: 'an environment by another name',
    bad: { 'functions/http/a.ts': "import { env } from 'node:process';" },
    good: { 'local/a.ts': "import { env } from 'node:process';" },
    says: 'functions/http/a.ts reads the environment',
  },
  {
    rule: statementRule,
    what: 'a text that is sent as a statement',
    bad: { 'shared/members/a.ts': 'await ctx.tx.query(`select from app.users where name = ${name}`);' },
    good: {
      'shared/members/a.ts': 'await ctx.tx.query<Row>(sql`select from app.users where name = ${name}`);',
    },
    says: 'write sql`…` and send it through ctx.tx',
  },
  {
    rule: statementRule,
    what: 'an operation that speaks to the driver',
    bad: { 'shared/members/a.ts': "import { Client } from 'pg';" },
    good: {
      'shared/members/a.ts': "import type { Pool } from 'pg';",
      'shared/db/a.ts': "import { Pool } from 'pg';",
    },
    says: 'shared/members/a.ts goes past the tag',
  },
  {
    rule: statementRule,
    what: 'a pool that is asked directly',
    bad: { 'shared/members/a.ts': 'const { rows } = await pool().query(text);' },
    good: { 'shared/members/a.ts': 'const rows = await readOnce(pool(), entry, statement);' },
    says: 'goes past the tag',
  },
];

describe('[ARC-1] each rule finds what breaks it', () => {
  const filesOf = (texts: Record<string, string>) =>
    Object.entries(texts).map(([path, text]) => sourceFile(path, text));

  test.each(cases)('$rule.name: $what', ({ rule, bad, good, says }) => {
    const offences = rule.check(filesOf(bad));
    expect(offences).toHaveLength(1);
    expect(offences[0]).toContain(says);
    expect(rule.check(filesOf(good))).toEqual([]);
  });

  test('every rule has a case', () => {
    expect(rules.filter((rule) => !cases.some((broken) => broken.rule === rule))).toEqual([]);
  });
});
