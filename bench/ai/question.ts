/** What is asked and answered in this bench: a prompt of some 1,600 bytes and an answer of some 900. */

const sentence = 'The tenant is a property of the transaction and never of the query that runs in it. ';

/** The text of every answer. */
export const answerText = sentence.repeat(11).trim();

/** The body of a request to the Messages API. */
export function question(stream: boolean): string {
  return JSON.stringify({
    ...{ model: 'claude-haiku-5-5', max_tokens: 512, system: 'Answer briefly and to the point.' },
    messages: [
      { role: 'user', content: `What do you make of this? ${sentence.repeat(9)}` },
      { role: 'assistant', content: sentence.repeat(3).trim() },
      { role: 'user', content: `And of that? ${sentence.repeat(6)}` },
    ],
    ...(stream ? { stream } : {}),
  });
}

/** Whether an answer is the whole of it, in one piece or in pieces. */
export function isAnswered(stream: boolean, { status, body }: { status: number; body: string }): boolean {
  if (status !== 200) return false;
  if (!stream) return body.includes(answerText) && body.includes('"output_tokens":230');
  const said = [...body.matchAll(/"text_delta","text":"([^"]*)"/g)].map(([, text]) => text).join('');
  return said === answerText && body.includes('message_stop');
}
