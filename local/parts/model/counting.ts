/**
 * How many tokens the stand-in counts. Short pieces of Latin letters make one token, whatever is rare one for each
 * byte: prompts of any script cost here what they may cost elsewhere. Text is normalised before, which can lengthen it.
 */

/** What is counted and kept of a prompt, piece by piece, in the order in which a provider reads it. */
export type Piece = { text: string; tokens: number; keep?: '5m' | '1h' };

const letters = 4;

export function countText(text: string): number {
  let tokens = 0;
  for (const [run] of text.normalize('NFKC').matchAll(/[a-zA-Z]+|\s+|[^]/gu)) {
    tokens +=
      /^[a-zA-Z\s]/.test(run) && run.length > 1 ? Math.ceil(run.length / letters) : Buffer.byteLength(run);
  }
  return tokens;
}

type Block = { type?: unknown; cache_control?: { ttl?: unknown } | null; [field: string]: unknown };

/** A body of the Messages API as pieces: tools, instructions, messages. */
export function piecesOf(body: { system?: unknown; messages?: unknown; tools?: unknown }): Piece[] {
  const tools = list(body.tools);
  const pieces: Piece[] = [{ text: '', tokens: 3 }];
  if (tools.length > 0) pieces.push({ text: '', tokens: 804 });
  for (const tool of tools)
    pieces.push(marked(tool, JSON.stringify({ ...tool, cache_control: 0 }, null, 1), 8));
  pieces.push(...contentPieces(body.system, 'system'));
  for (const { role, content } of list(body.messages)) {
    pieces.push({ text: String(role), tokens: 4 }, ...contentPieces(content, String(role)));
  }
  return pieces;
}

export function sum(pieces: readonly Piece[]): number {
  return pieces.reduce((tokens, piece) => tokens + piece.tokens, 0);
}

function contentPieces(content: unknown, role: string): Piece[] {
  if (content === undefined) return [];
  if (typeof content === 'string') return [{ text: `${role}:${content}`, tokens: countText(content) }];
  return list(content).map((block) => {
    switch (block.type) {
      case 'text':
        return marked(block, String(block.text), 0);
      case 'image':
        return { ...marked(block, '', 0), text: JSON.stringify(block.source), tokens: 4_784 };
      case 'tool_use':
        return marked(
          block,
          `${String(block.name)}${String(block.id)}${JSON.stringify(block.input, null, 1)}`,
          12,
        );
      default: {
        const inside = contentPieces(block.content, role);
        const piece = marked(block, String(block.tool_use_id), 12);
        return {
          ...piece,
          text: piece.text + inside.map(({ text }) => text).join(''),
          tokens: piece.tokens + sum(inside),
        };
      }
    }
  });
}

function marked(block: Block, text: string, around: number): Piece {
  const tokens = countText(text) + around;
  const mark = block.cache_control;
  if (mark === undefined || mark === null) return { text, tokens };
  return { text, tokens, keep: mark.ttl === '1h' ? '1h' : '5m' };
}

function list(value: unknown): Block[] {
  return Array.isArray(value) ? (value as Block[]) : [];
}
