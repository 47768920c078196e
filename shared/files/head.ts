/** What a file says of itself: which report, whose, for what, by whom, of when (EXP-2). */
export type FileHead = {
  report: string;
  title: string;
  tenant: { id: string; name: string };
  purpose: string;
  requester: string;
  /** When the rows were as they stand in the file: the time of its snapshot, ISO 8601. */
  generatedAt: string;
  parameters: Readonly<Record<string, unknown>>;
};
