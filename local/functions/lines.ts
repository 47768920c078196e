/** Whole lines of what functions print, which may arrive in pieces. */

/** Takes what a function printed, and answers the lines that are whole by now. */
export type LineReader = (functionName: string, text: string) => string[];

export function lineReader(): LineReader {
  const unfinished = new Map<string, string>();
  return (functionName, text) => {
    const lines = `${unfinished.get(functionName) ?? ''}${text}`.split('\n');
    unfinished.set(functionName, lines.pop() ?? '');
    return lines;
  };
}
