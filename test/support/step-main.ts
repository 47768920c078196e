/** A process that runs the steps of one module's workflows, as their function does; told what to do by its parent. */
import type { StepCall } from '#shared/middleware/work.ts';

type Work = (event: StepCall, context: { getRemainingTimeInMillis(): number }) => Promise<unknown>;

const module = process.argv[2] ?? '';
const { handler } = (await import(`../../functions/workflow/${module}.ts`)) as { handler: Work };

process.on('message', (call: StepCall) => {
  const answer = (told: object) => process.send?.(told);
  handler(call, { getRemainingTimeInMillis: () => 600_000 }).then(
    (value) => answer({ value }),
    (error: unknown) =>
      answer({ error: error instanceof Error ? error.name : 'unknown', stack: causeOf(error) }),
  );
});
process.send?.({ ready: true });

function causeOf(error: unknown): string {
  if (!(error instanceof Error)) return '';
  return `${error.stack ?? ''}${error.cause === undefined ? '' : `\n${causeOf(error.cause)}`}`;
}
