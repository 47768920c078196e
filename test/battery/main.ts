/**
 * `npm run bench` and `npm run battery`. Standard output carries the answer and nothing else; npm's own heading
 * above it goes with `npm run --silent`.
 */
import { kinds, main } from './runner.ts';

const [script, ...args] = process.argv.slice(2);
if (script !== 'bench' && script !== 'battery')
  throw new Error('Usage: main.ts bench|battery [name] [--json]');

// What a function logs is not an answer, so it may not reach standard output; most of it is not wanted at all.
process.env.POWERTOOLS_LOG_LEVEL ??= 'SILENT';
process.env.POWERTOOLS_METRICS_DISABLED ??= 'true';
const answer = process.stdout.write.bind(process.stdout);
process.stdout.write = process.stderr.write.bind(process.stderr);

let code = 1;
try {
  code = await main(kinds[script], args, {
    out: (text) => void answer(`${text}\n`),
    err: (text) => void process.stderr.write(`${text}\n`),
  });
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
}
// What a failed run left open must not keep the process; by then everything has been written.
answer('', () => process.exit(code));
