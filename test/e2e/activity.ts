/** Something to see: keys, invitations, calls of models, budgets and a request of support, made through the API. */
import type { Stage } from './stage.ts';

/** Makes it in the demo tenant, once. */
export async function makeActivity({ call, demo }: Stage): Promise<void> {
  const owner = (method: string, path: string, body?: object) =>
    call('owner', method, path, body, demo.tenantId);
  for (const [email, role] of [
    ['nadia@acme.example', 'auditor'],
    ['tom@acme.example', 'viewer'],
  ]) {
    await owner('POST', '/v1/invitations', { email, role });
  }
  await owner('POST', '/v1/keys', { name: 'Nightly import', role: 'operator' });
  await owner('POST', '/v1/keys', { name: 'Reporting', role: 'viewer', environment: 'test' });
  await owner('PATCH', '/v1/settings', { timeZone: 'Europe/London', environment: { SHOP_CURRENCY: 'GBP' } });
  await owner('PUT', '/v1/ai/budgets', { scope: 'feature', subject: 'content', window: 'month', limit: '4' });
  await owner('POST', '/v1/ai/prompts/content.summary/versions', {
    template: 'Summarise the text of the message in three sentences.',
    note: 'Shorter',
  });
  await owner('PUT', '/v1/ai/routes', {
    rules: [{ name: 'long-prompts', when: { promptTokensFrom: 50_000 }, use: 'haiku', firm: true }],
  });
  const runs = ['2026-11-02', '2026-11-05', '2026-11-09', '2026-11-12', '2026-11-16', '2026-11-19'];
  const lines = runs.map(
    (day, place) => `${day},Orchard,${place + 2},${place + 1}.20,0.${place}5,${place + 1}.${place + 2}5`,
  );
  const csv = ['date,startup,iterations,cost_claude,cost_chatgpt,total_cost', ...lines].join('\n');
  await owner('POST', '/v1/ai/calls/import', { csv, dryRun: false });
  for (const feature of ['chat', 'content']) {
    const messages = [{ role: 'user', content: 'Say hello to the team.' }];
    await owner('POST', '/v1/ai/complete', { feature, messages, maxTokens: 200 });
  }
  const { id: memberId } = (await call('owner', 'GET', '/v1/me')) as { id: string };
  const reason = 'The spend page shows nothing since Monday';
  await call('admin', 'POST', '/v1/platform/impersonations', { tenantId: demo.tenantId, memberId, reason });
}
