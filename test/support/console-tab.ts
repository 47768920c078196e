/** A page of the console over HTTP: it holds the one cookie of its session, as a browser would. */

export type TabAnswer = { status: number; code: string | undefined; accessToken: string | undefined };

export type ConsoleTab = {
  /** As a browser sends it; undefined when there is none. */
  cookie: string | undefined;
  /** Calls one of the endpoints that take the cookie. */
  post(path: string, body?: unknown): Promise<TabAnswer>;
};

/** Opens a tab; `cookie` is one that another tab had. */
export function openConsoleTab(apiUrl: string, redirectUri: string, cookie?: string): ConsoleTab {
  const { origin } = new URL(redirectUri);
  const tab: ConsoleTab = {
    cookie,
    post: async (path, body = {}) => {
      const answer = await fetch(apiUrl.replace(/\/$/, '') + path, {
        method: 'POST',
        headers: {
          origin,
          'content-type': 'application/json',
          ...(tab.cookie === undefined ? {} : { cookie: tab.cookie }),
        },
        body: JSON.stringify(body),
      });
      const [pair] = answer.headers.getSetCookie()[0]?.split(';') ?? [];
      if (pair !== undefined) tab.cookie = pair.endsWith('=') ? undefined : pair;
      const said = (await answer.json()) as Partial<Record<'code' | 'accessToken', string>>;
      return { status: answer.status, code: said.code, accessToken: said.accessToken };
    },
  };
  return tab;
}
