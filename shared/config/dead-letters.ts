/** The most that one decision is about: enough for a bad hour, few enough to be looked at. */
export const mostLettersAtOnce = 100;
