/** What a page knows of its deployment, from `/config.json`. */

export type ConsoleConfig = {
  apiUrl: string;
  loginUrl: string;
  clientId: string;
  redirectUri: string;
  region: string;
  /** Only on a laptop, where no mail leaves. */
  mailboxUrl?: string;
};

/** Reads it; the page asks for it before its scripts have come. */
export async function readConfig(): Promise<ConsoleConfig> {
  const answer = await fetch('/config.json', { credentials: 'same-origin' });
  if (!answer.ok) throw new Error(`This deployment does not say where its API is (${answer.status}).`);
  const config = (await answer.json()) as ConsoleConfig;
  return { ...config, apiUrl: config.apiUrl.replace(/\/$/, '') };
}
