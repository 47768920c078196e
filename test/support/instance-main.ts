/** The other process of instance.ts: loads a module's function at its first call and serves it. */
import type { Context } from 'aws-lambda';
import type { Handler } from './chain.ts';
import type { Answered, Told } from './instance.ts';

process.on('message', ({ id, module, event }: Told) => {
  const answer = (answered: Omit<Answered, 'id'>) => process.send?.({ id, ...answered });
  serve(module, event).then(
    (result) => answer({ result }),
    (error: unknown) => answer({ error: String(error) }),
  );
});

async function serve(module: string, event: unknown) {
  const { handler } = (await import(`../../functions/http/${module}.ts`)) as { handler: Handler };
  return handler(event as Parameters<Handler>[0], {} as Context);
}
