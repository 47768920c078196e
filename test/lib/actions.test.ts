/** The workflows of GitHub Actions: who may do what, with whose code, and which stage is deployed when (OPS-5). */
import { globSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { parse } from 'yaml';

type Step = { uses?: string; run?: string; with?: Record<string, unknown> };
type Job = {
  if?: string;
  needs?: string;
  uses?: string;
  environment?: string;
  permissions?: Record<string, string>;
  with?: Record<string, string>;
  'timeout-minutes'?: number;
  steps?: Step[];
};
type Workflow = { on: Record<string, unknown>; permissions: unknown; jobs: Record<string, Job> };

const root = join(import.meta.dirname, '../..');
const files = globSync('.github/workflows/*.yml', { cwd: root });
const texts = new Map(files.map((file) => [basename(file, '.yml'), readFileSync(join(root, file), 'utf8')]));
const workflows = new Map([...texts].map(([name, text]) => [name, parse(text) as Workflow]));
const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
  scripts: Record<string, string>;
};

const jobs = [...workflows].flatMap(([file, { jobs: all }]) =>
  Object.entries(all).map(([name, job]) => ({ name: `${file}/${name}`, file, job })),
);
const steps = jobs.flatMap(({ name, job }) => (job.steps ?? []).map((step) => ({ name, step })));

function jobOf(file: string, name: string): Job {
  const found = workflows.get(file)?.jobs[name];
  if (found === undefined) throw new Error(`There is no job ${file}/${name}.`);
  return found;
}

describe('the workflows', () => {
  test('[OPS-5] run nobody else’s code but by its commit', () => {
    const used = steps.flatMap(({ step }) => step.uses ?? []);
    expect(used.length).toBeGreaterThan(0);
    expect(used.filter((one) => !/^[\w-]+\/[\w-]+@[0-9a-f]{40}$/.test(one))).toEqual([]);
    const local = jobs.flatMap(({ job }) => job.uses ?? []);
    for (const path of local) expect(files.map((file) => `./${file}`)).toContain(path);
  });

  test('[OPS-5] may read, and get an identity only where they sign in to AWS', () => {
    for (const [, { permissions }] of workflows) expect(permissions).toEqual({ contents: 'read' });
    for (const { job } of jobs) {
      const signsIn = (job.steps ?? []).some(({ uses }) => uses?.startsWith('aws-actions/') === true);
      const wanted = signsIn || job.uses !== undefined;
      expect(job.permissions).toEqual(wanted ? { contents: 'read', 'id-token': 'write' } : undefined);
    }
  });

  test('[OPS-5] hold no key: roles are assumed, and no secret is named', () => {
    for (const [, text] of texts) expect(text).not.toMatch(/secrets\.|aws-access-key|aws-secret/);
    const signIns = steps.filter(({ step }) => step.uses?.startsWith('aws-actions/') === true);
    expect(signIns.length).toBeGreaterThan(0);
    for (const { step } of signIns) expect(step.with?.['role-to-assume']).toMatch(/^\$\{\{ vars\.\w+ \}\}$/);
  });

  test('[OPS-5] put nothing that somebody else writes into a command', () => {
    const expressions = steps.filter(({ step }) => step.run?.includes('${{') === true);
    expect(expressions).toEqual([]);
  });

  test('[OPS-5] call scripts that exist, and end in time', () => {
    const called = steps.flatMap(({ step }) =>
      [...(step.run ?? '').matchAll(/npm (?:run )?([\w:]+)/g)].map(([, script = '']) => script),
    );
    expect(called.filter((script) => script !== 'ci' && !(script in scripts))).toEqual([]);
    for (const { job } of jobs) if (job.steps !== undefined) expect(job['timeout-minutes']).toBeLessThan(120);
  });

  test('[OPS-5] test, lint, type-check and synthesize every environment before anything is deployed', () => {
    const commands = (jobOf('check', 'test').steps ?? []).map(({ run }) => run).join('\n');
    for (const wanted of ['npm test', 'npm run lint', 'npm run typecheck', 'npm run format:check']) {
      expect(commands).toContain(wanted);
    }
    for (const environment of ['dev', 'staging', 'prod']) {
      expect(commands).toContain(`cdk synth --quiet -c environment=${environment}`);
    }
    expect(jobOf('check', 'staging').needs).toBe('test');
    expect(jobOf('check', 'diff').needs).toBe('test');
  });

  test('[OPS-5] deploy staging after a push, and production by hand from the main branch only', () => {
    expect(jobOf('check', 'staging')).toMatchObject({
      if: "github.event_name == 'push'",
      with: { environment: 'staging', stacks: 'plinth-staging-*/*' },
    });
    expect(workflows.get('check')?.on).toMatchObject({ push: { branches: ['main'] } });
    expect(Object.keys(workflows.get('production')?.on ?? {})).toEqual(['workflow_dispatch']);
    expect(jobOf('production', 'production')).toMatchObject({
      if: "github.ref == 'refs/heads/main'",
      with: { environment: 'production' },
    });
    const production = jobs.filter(({ job }) => job.with?.environment === 'production');
    expect(production.map(({ name }) => name)).toEqual(['production/production']);
    expect(Object.keys(workflows.get('deploy')?.on ?? {})).toEqual(['workflow_call']);
  });

  test('[OPS-5] show a pull request what it would change, but none from a fork', () => {
    const { if: condition, steps: own = [] } = jobOf('check', 'diff');
    expect(condition).toContain('head.repo.full_name == github.repository');
    expect(own.some(({ run }) => run?.includes('cdk diff') === true)).toBe(true);
  });
});
