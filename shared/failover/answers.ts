/** Whether an API says of itself that it works: its functions, its gate and a database that writes (OPS-3). */

const patienceMs = 8_000;

/** @param url of an API, with a slash at its end */
export async function answersHealthy(url: string): Promise<boolean> {
  try {
    const { ok, body } = await fetch(`${url}v1/health`, { signal: AbortSignal.timeout(patienceMs) });
    await body?.cancel();
    return ok;
  } catch {
    // No name, no route, no answer in time: whoever is asked for is not there.
    return false;
  }
}
