/** The other process of instance.ts: loads a module's function at its first call and serves it. */
import { registerHooks } from 'node:module';
import type { Context } from 'aws-lambda';
import type { Handler } from './chain.ts';
import type { Answered, Breakage, Told } from './instance.ts';

const { INSTANCE_BREAKAGE: breakage } = process.env;
if (breakage !== undefined) runBroken(JSON.parse(breakage) as Breakage);

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

/** From here on, the file is loaded with the change in it. */
function runBroken({ file, from, to }: Breakage): void {
  registerHooks({
    load: (url, context, nextLoad) => {
      const loaded = nextLoad(url, context);
      if (!url.endsWith(`/${file}`)) return loaded;
      const source = typeof loaded.source === 'string' ? loaded.source : decode(loaded.source);
      if (!source.includes(from)) throw new Error(`${file} does not say "${from}" any more`);
      return { ...loaded, source: source.replaceAll(from, to) };
    },
  });
}

function decode(source: ArrayBuffer | NodeJS.TypedArray | undefined): string {
  return new TextDecoder().decode(source);
}
