/**
 * What the Messages API of Anthropic and the Chat Completions of OpenAI take and answer, as far as it is spoken here.
 * A field that is not here is refused and not passed over: it might change what is answered, or what it costs.
 */
import * as z from 'zod';

const cacheControl = z.strictObject({
  type: z.literal('ephemeral'),
  ttl: z.enum(['5m', '1h']).optional(),
});
const cacheable = { cache_control: cacheControl.optional() };

const text = z.strictObject({ type: z.literal('text'), text: z.string(), ...cacheable });
const image = z.strictObject({
  type: z.literal('image'),
  source: z.strictObject({
    type: z.literal('base64'),
    media_type: z.enum(['image/jpeg', 'image/png', 'image/gif', 'image/webp']),
    data: z.string(),
  }),
  ...cacheable,
});
const jsonObject = z.record(z.string(), z.json());
const toolUse = z.strictObject({
  type: z.literal('tool_use'),
  id: z.string().min(1),
  name: z.string().min(1),
  input: jsonObject,
  ...cacheable,
});
const toolResult = z.strictObject({
  type: z.literal('tool_result'),
  tool_use_id: z.string().min(1),
  content: z.union([z.string(), z.array(z.union([text, image]))]).optional(),
  is_error: z.boolean().optional(),
  ...cacheable,
});
const block = z.union([text, image, toolUse, toolResult]);

/** A model by its own name, or the class of one: the rules of routing choose. */
const model = z.string().min(1).max(200).meta({ example: 'claude-haiku-5-5' });
const unit = z.number().min(0).max(1);
const tokens = z.int().min(1).max(1_000_000).meta({ example: 64 });
const toolName = z.string().regex(/^[a-zA-Z0-9_-]{1,128}$/, 'must be letters, digits, _ and -');

export const messagesBody = z.strictObject({
  model,
  max_tokens: tokens,
  messages: z
    .array(
      z.strictObject({ role: z.enum(['user', 'assistant']), content: z.union([z.string(), z.array(block)]) }),
    )
    .min(1),
  system: z.union([z.string(), z.array(text)]).optional(),
  stream: z.boolean().optional(),
  temperature: unit.optional(),
  top_p: unit.optional(),
  stop_sequences: z.array(z.string().min(1)).max(8).optional(),
  tools: z
    .array(
      z.strictObject({
        type: z.literal('custom').optional(),
        name: toolName,
        description: z.string().optional(),
        input_schema: jsonObject,
        ...cacheable,
      }),
    )
    .optional(),
  tool_choice: z
    .union([
      z.strictObject({
        type: z.enum(['auto', 'any']),
        disable_parallel_tool_use: z.boolean().optional(),
      }),
      z.strictObject({
        type: z.literal('tool'),
        name: toolName,
        disable_parallel_tool_use: z.boolean().optional(),
      }),
      z.strictObject({ type: z.literal('none') }),
    ])
    .optional(),
  metadata: z.strictObject({ user_id: z.string().max(256).nullable().optional() }).optional(),
});

export type MessagesInput = z.output<typeof messagesBody>;

export const messagesOutput = z
  .object({
    id: z.string(),
    type: z.literal('message'),
    role: z.literal('assistant'),
    model: z.string(),
    content: z.array(z.looseObject({ type: z.string() })),
    stop_reason: z.string().nullable(),
    stop_sequence: z.string().nullable(),
    usage: z.looseObject({ input_tokens: z.int(), output_tokens: z.int() }),
  })
  .meta({ id: 'AnthropicMessage' });

const part = z.union([
  z.strictObject({ type: z.literal('text'), text: z.string() }),
  z.strictObject({
    type: z.literal('image_url'),
    image_url: z.strictObject({
      url: z.string().regex(/^data:image\/(jpeg|png|gif|webp);base64,/, 'must be a data URL of an image'),
      detail: z.enum(['auto', 'low', 'high']).optional(),
    }),
  }),
]);
const textParts = z.union([
  z.string(),
  z.array(z.strictObject({ type: z.literal('text'), text: z.string() })),
]);
const toolCall = z.strictObject({
  id: z.string().min(1),
  type: z.literal('function'),
  function: z.strictObject({ name: toolName, arguments: z.string() }),
});
const name = z.string().max(64).optional();

export const chatBody = z.strictObject({
  model,
  messages: z
    .array(
      z.union([
        z.strictObject({ role: z.enum(['system', 'developer']), content: textParts, name }),
        z.strictObject({ role: z.literal('user'), content: z.union([z.string(), z.array(part)]), name }),
        z.strictObject({
          role: z.literal('assistant'),
          content: textParts.nullable().optional(),
          tool_calls: z.array(toolCall).optional(),
          refusal: z.null().optional(),
          name,
        }),
        z.strictObject({ role: z.literal('tool'), tool_call_id: z.string().min(1), content: textParts }),
      ]),
    )
    .min(1),
  max_tokens: tokens.optional(),
  max_completion_tokens: tokens.optional(),
  stream: z.boolean().nullable().optional(),
  stream_options: z.strictObject({ include_usage: z.boolean().optional() }).nullable().optional(),
  temperature: unit.nullable().optional().describe('As far as all providers understand it'),
  top_p: unit.nullable().optional(),
  stop: z
    .union([z.string().min(1), z.array(z.string().min(1)).max(4)])
    .nullable()
    .optional(),
  n: z.literal(1).nullable().optional(),
  user: z.string().max(256).optional(),
  tools: z
    .array(
      z.strictObject({
        type: z.literal('function'),
        function: z.strictObject({
          name: toolName,
          description: z.string().optional(),
          parameters: jsonObject.optional(),
          strict: z.literal(false).nullable().optional(),
        }),
      }),
    )
    .optional(),
  tool_choice: z
    .union([
      z.enum(['none', 'auto', 'required']),
      z.strictObject({ type: z.literal('function'), function: z.strictObject({ name: toolName }) }),
    ])
    .optional(),
  parallel_tool_calls: z.boolean().optional(),
});

export type ChatInput = z.output<typeof chatBody>;

export const chatOutput = z
  .object({
    id: z.string(),
    object: z.literal('chat.completion'),
    created: z.int(),
    model: z.string(),
    choices: z.array(
      z.object({
        index: z.int(),
        message: z.looseObject({ role: z.literal('assistant'), content: z.string().nullable() }),
        finish_reason: z.string(),
        logprobs: z.null(),
      }),
    ),
    usage: z.looseObject({ prompt_tokens: z.int(), completion_tokens: z.int(), total_tokens: z.int() }),
  })
  .meta({ id: 'OpenAiChatCompletion' });
