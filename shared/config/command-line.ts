/**
 * Where sign-in returns to when the command line asked for it: an address of the caller's own machine (RFC 8252). Ports
 * are fixed because the user pool compares addresses as they are written; three, so that one may be in use.
 */
export const commandLineReturnUrls = [8741, 8742, 8743].map((port) => `http://localhost:${port}/signed-in`);
