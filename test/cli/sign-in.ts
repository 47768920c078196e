/** A person who signs in where the program tells them to, in a browser that follows to the end. */
import { type Browser, openBrowser, type Page } from '#local/browser.ts';
import { start, type User } from './terminal.ts';

export type Person = { email: string; password: string };

/** Opens the address and answers its pages; returns the last one, which the program serves. */
export async function visit(address: string, { email, password }: Person): Promise<Page> {
  const browser = openBrowser();
  let page = await browser.open(address);
  for (let count = 0; count < 4 && asks(page); count += 1)
    page = await answer(browser, page, email, password);
  return page;
}

/** Signs a person in through the program and their browser. */
export async function login(user: User, person: Person): Promise<{ page: Page; stderr: string }> {
  const program = start(user, ['login', '--no-browser']);
  const [address] = await program.said(/http\S+\/oauth2\/authorize\S+/);
  const page = await visit(address, person);
  const { code, stderr } = await program.finished;
  if (code !== 0) throw new Error(`login ended with ${code}: ${stderr}`);
  return { page, stderr };
}

function asks({ forms }: Page): boolean {
  return forms.some(({ fields }) => fields.some(({ type }) => type === 'password' || type === 'email'));
}

function answer(browser: Browser, page: Page, email: string, password: string): Promise<Page> {
  const form = page.forms.find(({ fields }) =>
    fields.some(({ type }) => type === 'password' || type === 'email'),
  );
  if (form === undefined) throw new Error(`${page.url} asks for nothing`);
  const values = form.fields.map(({ name, type, value }) => {
    if (type === 'password') return [name, password] as const;
    return [name, type === 'email' || /mail|username/.test(name) ? email : value] as const;
  });
  return browser.submit(form, Object.fromEntries(values));
}
