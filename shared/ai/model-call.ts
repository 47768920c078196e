/**
 * A call of a model, in the form of the Messages API, which is the widest of those that are spoken here: content in
 * blocks, tools, marks for the cache. Providers translate from it and back, so nothing outside of them knows whose
 * model answered.
 */

export type ProviderName = 'anthropic' | 'openai' | 'bedrock';

/** Tokens of one call, additive: none is counted in another. */
export type TokenUsage = {
  input: number;
  output: number;
  cacheRead: number;
  cacheWrite5m: number;
  cacheWrite1h: number;
};

/** Marks the end of a part of the prompt that the provider keeps, for five minutes or an hour. */
export type CacheControl = { type: 'ephemeral'; ttl?: '5m' | '1h' | undefined };

type Cacheable = { cache_control?: CacheControl | undefined };

export type TextBlock = { type: 'text'; text: string } & Cacheable;
export type ImageBlock = {
  type: 'image';
  source: { type: 'base64'; media_type: string; data: string };
} & Cacheable;
export type ToolUseBlock = {
  type: 'tool_use';
  id: string;
  name: string;
  input: Record<string, unknown>;
} & Cacheable;
export type ToolResultBlock = {
  type: 'tool_result';
  tool_use_id: string;
  content?: string | (TextBlock | ImageBlock)[] | undefined;
  is_error?: boolean | undefined;
} & Cacheable;

/** What callers send. */
export type ContentBlock = TextBlock | ImageBlock | ToolUseBlock | ToolResultBlock;

/** What models answer. */
export type AnswerBlock = { type: 'text'; text: string } | Omit<ToolUseBlock, 'cache_control'>;

export type ModelMessage = { role: 'user' | 'assistant'; content: string | ContentBlock[] };

export type ModelTool = {
  name: string;
  description?: string | undefined;
  input_schema: Record<string, unknown>;
} & Cacheable;

export type ToolChoice =
  | { type: 'auto' | 'any'; disable_parallel_tool_use?: boolean | undefined }
  | { type: 'tool'; name: string; disable_parallel_tool_use?: boolean | undefined }
  | { type: 'none' };

export type ModelRequest = {
  model: string;
  /** No more tokens than these are answered. */
  maxTokens: number;
  system?: string | TextBlock[] | undefined;
  messages: ModelMessage[];
  temperature?: number | undefined;
  topP?: number | undefined;
  stopSequences?: string[] | undefined;
  tools?: ModelTool[] | undefined;
  toolChoice?: ToolChoice | undefined;
};

export type StopReason = 'end_turn' | 'max_tokens' | 'stop_sequence' | 'tool_use' | 'refusal';

export type ModelAnswer = {
  id: string;
  model: string;
  content: AnswerBlock[];
  stopReason: StopReason;
  stopSequence: string | null;
  usage: TokenUsage;
};

/** Events of an answer that comes in pieces. `usage` is all that is known of it so far; that of the last is final. */
export type ModelEvent =
  | { type: 'start'; id: string; model: string; usage: TokenUsage }
  | { type: 'block_start'; index: number; block: AnswerBlock }
  | { type: 'text'; index: number; text: string }
  /** A piece of the JSON of a tool's input. */
  | { type: 'json'; index: number; json: string }
  | { type: 'block_stop'; index: number }
  | { type: 'stop'; stopReason: StopReason; stopSequence: string | null; usage: TokenUsage };

/** How long a call may take, who stops it, and what it is known by at the provider. */
export type CallOptions = {
  signal: AbortSignal;
  deadlineMs: number;
  requestId: string;
  /** Who is called first, where a call wishes somebody. */
  provider?: ProviderName | undefined;
};
