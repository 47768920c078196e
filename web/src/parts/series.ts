/** What a chart shows: values with a name, one for each day, week or month. */
export type Series = { label: string; values: readonly number[] };
