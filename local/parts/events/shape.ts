/** What a target receives: the event, a constant, a part of the event, or a text made from it. */
import type { Target } from '../../template/signals.ts';

type Shape = Pick<Target, 'input' | 'inputPath' | 'inputTransformer'>;

/** Compiles a target's input settings; throws when a path or a placeholder is not understood. */
export function compileShape(target: Shape, ruleArn = ''): (event: Record<string, unknown>) => unknown {
  const { input, inputPath, inputTransformer } = target;
  if (input !== undefined) {
    const constant: unknown = JSON.parse(input);
    return () => constant;
  }
  if (inputPath !== undefined) return compilePath(inputPath);
  if (inputTransformer === undefined) return (event) => event;

  const paths = Object.entries(inputTransformer.paths).map(
    ([name, path]) => [name, compilePath(path)] as const,
  );
  const known = new Map<string, (event: Record<string, unknown>) => unknown>([
    ...paths,
    ['aws.events.event', (event) => event],
    ['aws.events.event.json', (event) => event],
    ['aws.events.rule-arn', () => ruleArn],
    ['aws.events.rule-name', () => ruleArn.split('/').at(-1)],
    ['aws.events.event.ingestion-time', (event) => event.time],
  ]);
  const pieces = parseTemplate(inputTransformer.template);
  for (const piece of pieces) {
    if (typeof piece !== 'string' && !known.has(piece.name))
      throw new Error(`Unknown placeholder <${piece.name}> in an input template`);
  }
  return (event) => {
    const text = pieces
      .map((piece) =>
        typeof piece === 'string' ? piece : render(known.get(piece.name)?.(event), piece.quoted),
      )
      .join('');
    return parseOrText(text);
  };
}

/** Reads `$`, `$.detail.id`, `$.detail['my-key']` and `$.list[0]`. */
export function compilePath(path: string): (value: unknown) => unknown {
  if (!path.startsWith('$')) throw new Error(`Unknown JSON path ${path}`);
  const steps: string[] = [];
  let rest = path.slice(1);
  while (rest !== '') {
    const step = /^(?:\.([\w-]+)|\[(\d+)\]|\['([^']+)'\])/.exec(rest);
    if (step === null) throw new Error(`Unknown JSON path ${path}`);
    steps.push(step[1] ?? step[2] ?? step[3] ?? '');
    rest = rest.slice(step[0].length);
  }
  return (value) =>
    steps.reduce<unknown>(
      (at, step) =>
        typeof at === 'object' && at !== null ? (at as Record<string, unknown>)[step] : undefined,
      value,
    );
}

type Piece = string | { name: string; quoted: boolean };

/** Splits a template at its placeholders; one inside quotes becomes part of that text, any other a JSON value. */
function parseTemplate(template: string): Piece[] {
  let quoted = false;
  return template.split(/(<[\w.-]+>)/).map((piece, index): Piece => {
    if (index % 2 === 1) return { name: piece.slice(1, -1), quoted };
    for (const [mark] of piece.matchAll(/\\.|"/g)) if (mark === '"') quoted = !quoted;
    return piece;
  });
}

function render(value: unknown, quoted: boolean): string {
  if (!quoted) return JSON.stringify(value ?? null);
  const text = typeof value === 'string' ? value : value === undefined ? '' : JSON.stringify(value);
  return JSON.stringify(text).slice(1, -1);
}

function parseOrText(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    // A template need not be JSON; it is delivered as the text it makes.
    if (error instanceof SyntaxError) return text;
    throw error;
  }
}
