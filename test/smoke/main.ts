/** `npm run smoke`: the story of the product over HTTP, one line per step, exit code 0 or 1. */
import { parseArgs } from 'node:util';
import { smoke, type StepResult } from './smoke.ts';

const usage = `npm run smoke [-- options]

Signs people up, lets them create and share a tenant, and shows that strangers see none of it.
Without options it tests the stack that npm start runs.

  --url <address>    test another deployment; its /config.json says where everything is
  --config <file>    the same from a file: apiUrl, loginUrl, clientId, redirectUri, region
  --token-a <token>  access token of a person, and
  --token-b <token>  of another one, for a deployment whose mail cannot be read; the steps
                     that need a mailbox are left out then
  --help             this text`;

function lineOf({ outcome, durationMs, title, reason }: StepResult): string {
  const word = { ok: 'ok  ', failed: 'FAIL', skipped: 'skip' }[outcome];
  const line = `${word} ${String(durationMs).padStart(5)} ms  ${title}`;
  return reason === undefined ? line : `${line}\n          ${reason}`;
}

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      url: { type: 'string' },
      config: { type: 'string' },
      'token-a': { type: 'string' },
      'token-b': { type: 'string' },
      help: { type: 'boolean' },
    },
  });
  if (values.help === true) {
    console.log(usage);
    return 0;
  }
  const { steps, failed } = await smoke({
    url: values.url,
    config: values.config,
    tokenA: values['token-a'],
    tokenB: values['token-b'],
    onStep: (step) => console.log(lineOf(step)),
  });
  const took = steps.reduce((sum, step) => sum + step.durationMs, 0);
  const passed = steps.filter((step) => step.outcome === 'ok').length;
  const skipped = steps.length - passed - failed;
  const leftOut = skipped === 0 ? '' : `, ${skipped} left out`;
  console.log(`\n${passed} passed, ${failed} failed${leftOut}, ${(took / 1000).toFixed(1)} s`);
  return failed === 0 ? 0 : 1;
}

try {
  process.exitCode = await main();
} catch (error) {
  console.error(error instanceof Error ? error.message : String(error));
  process.exitCode = 1;
}
