/**
 * Everything in a template that the local runtime does not understand is gathered and reported at once: one
 * message that lists all gaps, instead of one start-up per gap.
 */

/** One thing that cannot be hosted, and where it stands. */
export type Problem = { stack: string; logicalId: string; type: string; message: string };

/** Start-up stops with this: the template asks for something that has no local meaning yet. */
export class UnsupportedTemplateError extends Error {
  readonly problems: readonly Problem[];

  constructor(problems: readonly Problem[]) {
    const lines = [
      ...new Set(problems.map((p) => `  ${p.stack} / ${p.logicalId} (${p.type}): ${p.message}`)),
    ];
    super(
      `The local runtime does not understand ${lines.length} part${lines.length === 1 ? '' : 's'} of the ` +
        `template:\n${lines.join('\n')}\nTeach it in local/template/resources, or leave it out of the cell.`,
    );
    this.name = 'UnsupportedTemplateError';
    this.problems = problems;
  }
}
