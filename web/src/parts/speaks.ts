/** Whether a name is that of a language, as the browser's own functions take it. */
export function speaks(language: string): boolean {
  try {
    return Intl.getCanonicalLocales(language).length > 0;
  } catch {
    return false;
  }
}
