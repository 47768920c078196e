/** What one tab remembers across the way to the login pages and back, and forgets when it is closed. */

export const tabStore = {
  read<Value>(name: string): Value | undefined {
    const text = sessionStorage.getItem(`plinth.${name}`);
    return text === null ? undefined : (JSON.parse(text) as Value);
  },
  write: (name: string, value: unknown) => sessionStorage.setItem(`plinth.${name}`, JSON.stringify(value)),
  remove: (name: string) => sessionStorage.removeItem(`plinth.${name}`),
};
