/**
 * An upper bound of the tokens that a provider will count for a prompt, without knowing its tokenizer. All models of
 * the catalogue split UTF-8 bytes into tokens of at least one byte each, so a text never has more tokens than bytes;
 * some normalise text before (NFKC), which can make it longer. What is written around texts (roles, tools, separators)
 * is bounded per piece, generously. Reserving too much costs nobody anything; too little would be money unreserved.
 */
import type { EmbedRequest } from './accounting.ts';
import type { ContentBlock, ModelRequest } from './model-call.ts';

/** Around the whole prompt. */
const requestTokens = 64;
/** Around each message, block and tool: role, separators, ids that are written out. */
const pieceTokens = 32;
/** The instructions for tools that providers add once; the longest that was published has 804 tokens. */
const toolsTokens = 1_200;
/**
 * An image: 4,784 tokens at most with the models that look closest (2576 pixels at the long edge), with those that
 * count in patches of high detail fewer. Images are never sent in a detail beyond that.
 */
const imageTokens = 6_000;
/** JSON is written out anew by providers, with spaces and line breaks of their own. */
const jsonFactor = 2;

/** No provider counts more tokens than these for the prompt. */
export function mostInputTokens({ system, messages, tools, toolChoice }: ModelRequest): number {
  let tokens = requestTokens;
  if (system !== undefined) tokens += contentTokens(system);
  for (const { content } of messages) tokens += pieceTokens + contentTokens(content);
  if (tools !== undefined && tools.length > 0) {
    tokens += toolsTokens;
    for (const { name, description = '', input_schema: schema } of tools)
      tokens += pieceTokens + textTokens(name) + textTokens(description) + jsonTokens(schema);
  }
  if (toolChoice?.type === 'tool') tokens += pieceTokens + textTokens(toolChoice.name);
  return tokens;
}

/** The same for texts that are turned into vectors. */
export function mostEmbeddingTokens({ input }: EmbedRequest): number {
  return input.reduce((tokens, text) => tokens + pieceTokens + textTokens(text), 0);
}

function contentTokens(content: string | readonly ContentBlock[]): number {
  if (typeof content === 'string') return pieceTokens + textTokens(content);
  return content.reduce((tokens, block) => tokens + pieceTokens + blockTokens(block), 0);
}

function blockTokens(block: ContentBlock): number {
  switch (block.type) {
    case 'text':
      return textTokens(block.text);
    case 'image':
      return imageTokens;
    case 'tool_use':
      return textTokens(block.id) + textTokens(block.name) + jsonTokens(block.input);
    case 'tool_result':
      return textTokens(block.tool_use_id) + (block.content === undefined ? 0 : contentTokens(block.content));
  }
}

function jsonTokens(value: unknown): number {
  return jsonFactor * textTokens(JSON.stringify(value));
}

function textTokens(text: string): number {
  const bytes = Buffer.byteLength(text);
  // ASCII is its own normal form.
  if (bytes === text.length) return bytes;
  return Math.max(
    bytes,
    Buffer.byteLength(text.normalize('NFKC')),
    Buffer.byteLength(text.normalize('NFKD')),
  );
}
