/** Creating a tenant: its name, where its data lives, its plan. The first API key is shown once. */
import { NativeSelect, Text, TextInput } from '@mantine/core';
import { useState } from 'react';
import { useNavigate } from 'react-router';
import { planNames } from '#shared/config/plans.ts';
import { answer, type Thing } from '../../api/client.ts';
import { useConsole } from '../../hooks/console.ts';
import { useChange } from '../../hooks/data.ts';
import { CopyOnce } from '../../parts/copy-once.tsx';
import { PlainForm } from '../../parts/form.tsx';
import { Page, Section } from '../../parts/page.tsx';
import { capital } from '../../parts/status.tsx';

type NewTenant = { name: string; slug: string; plan: Thing<'Tenant'>['plan'] };

export default function StartPage() {
  const { config, memberships } = useConsole();
  const navigate = useNavigate();
  const [tenant, setTenant] = useState<NewTenant>({ name: '', slug: '', plan: 'basic' });
  const [isSlugOwn, setIsSlugOwn] = useState(false);
  const create = useChange(
    (api, body: NewTenant) =>
      answer(
        api.POST('/v1/tenants', { body: { ...body, region: config.region as Thing<'Tenant'>['region'] } }),
      ),
    { done: ({ name }) => `${name} was created.`, stale: [['memberships'], ['profile']] },
  );
  const created = create.data;
  const change = (part: Partial<NewTenant>) => setTenant((before) => ({ ...before, ...part }));
  const enter = (slug: string) => void navigate(`/t/${slug}`);
  return (
    <Page
      title={memberships.length === 0 ? 'Create your first tenant' : 'Create a tenant'}
      about="A tenant is a company or a team: its people, its data and its limits, apart from everybody else’s."
    >
      <Section title="About the tenant">
        <PlainForm
          submit="Create tenant"
          isBusy={create.isPending}
          error={create.error}
          onSubmit={() =>
            create.mutate(tenant, {
              onSuccess: ({ slug, apiKey }) => {
                if (apiKey === null) enter(slug);
              },
            })
          }
        >
          <TextInput
            label="Name"
            required
            maxLength={100}
            autoComplete="organization"
            value={tenant.name}
            onChange={(event) => {
              const name = event.currentTarget.value;
              change(isSlugOwn ? { name } : { name, slug: slugOf(name) });
            }}
          />
          <TextInput
            label="Short name"
            description="3 to 40 lower-case letters, digits or hyphens; it stands in addresses"
            required
            pattern="[a-z][a-z0-9\-]{1,38}[a-z0-9]"
            autoComplete="off"
            spellCheck={false}
            value={tenant.slug}
            onChange={(event) => {
              setIsSlugOwn(true);
              change({ slug: event.currentTarget.value });
            }}
          />
          <NativeSelect
            label="Plan"
            description="It can be changed later"
            data={planNames.map((value) => ({ value, label: capital(value) }))}
            value={tenant.plan}
            onChange={(event) => change({ plan: event.currentTarget.value as NewTenant['plan'] })}
          />
          <Text size="sm" c="dimmed">
            Its data stays in the region {config.region.toUpperCase()}.
          </Text>
        </PlainForm>
      </Section>
      {created?.apiKey !== null && created !== undefined && (
        <CopyOnce
          title={`The first API key of ${created.name}`}
          about="Programs call the API with it, in the role of an administrator. You can rotate or revoke it under API keys."
          secret={created.apiKey}
          onClose={() => enter(created.slug)}
        />
      )}
    </Page>
  );
}

/** A short name that a name suggests. */
function slugOf(name: string): string {
  return name
    .toLowerCase()
    .normalize('NFKD')
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replaceAll(/^[^a-z]+|-+$/g, '')
    .slice(0, 40);
}
