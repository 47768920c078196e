/** What the stand-in answers: words without sense, what it was told to say, or the use of a tool that echoes. */
import type { Behaviour } from './behaviour.ts';

export type Written = {
  kind: 'text' | 'tool';
  /** Pieces of text, or of a tool's JSON, with the tokens that each has. */
  pieces: { text: string; tokens: number }[];
  tool?: { name: string; input: Record<string, unknown> };
  stopReason: 'end_turn' | 'max_tokens' | 'tool_use' | 'refusal';
  outputTokens: number;
};

export type Asked = {
  maxTokens: number;
  lastText: string;
  /** Names of tools that may be used, and whether one has to be. */
  tools: string[];
  mustUse: string | true | undefined;
  toolResult: string | undefined;
};

const words = 'so we go on as it is and see how far a few of them can be of use to us in time'.split(' ');
const tokensAtOnce = 8;
const usualMost = 400;

export function write(asked: Asked, behaviour: Behaviour & { random: () => number }): Written {
  const { maxTokens } = asked;
  if (behaviour.refuse === true) return ending([], 'refusal');
  const name = behaviour.tool ?? (asked.mustUse === true ? asked.tools[0] : asked.mustUse);
  if (name !== undefined && asked.tools.includes(name)) return use(name, asked);
  const told =
    behaviour.text ?? (asked.toolResult === undefined ? undefined : `The tool said: ${asked.toolResult}`);
  if (told !== undefined) {
    const all = told.split(/(?<=\s)/).map((text) => ({ text, tokens: 1 }));
    return ending(all.slice(0, maxTokens), all.length > maxTokens ? 'max_tokens' : 'end_turn');
  }
  const wanted = behaviour.output ?? 1 + Math.floor(behaviour.random() * usualMost);
  const count = Math.min(wanted, maxTokens);
  const pieces: Written['pieces'] = [];
  for (let done = 0; done < count; done += tokensAtOnce) {
    const tokens = Math.min(tokensAtOnce, count - done);
    const some = Array.from({ length: tokens }, () => words[Math.floor(behaviour.random() * words.length)]);
    pieces.push({ text: `${some.join(' ')} `, tokens });
  }
  return ending(pieces, wanted > maxTokens ? 'max_tokens' : 'end_turn');
}

/** The tool gets what was said last. */
function use(name: string, { lastText, maxTokens }: Asked): Written {
  const input = { echo: lastText };
  const json = JSON.stringify(input);
  const pieces = [json.slice(0, 8), json.slice(8)].filter((text) => text !== '');
  const tokens = Math.min(maxTokens, 20);
  return {
    ...{ kind: 'tool', tool: { name, input }, stopReason: 'tool_use', outputTokens: tokens },
    pieces: pieces.map((text, index) => ({ text, tokens: index === 0 ? tokens : 0 })),
  };
}

function ending(pieces: Written['pieces'], stopReason: Written['stopReason']): Written {
  const outputTokens = pieces.reduce((sum, { tokens }) => sum + tokens, 0);
  return { kind: 'text', pieces, stopReason, outputTokens };
}
