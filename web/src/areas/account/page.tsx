/** One's own account: name, where one is signed in, and on which devices. */
import { TextInput } from '@mantine/core';
import { useState } from 'react';
import { answer, type Thing } from '../../api/client.ts';
import { useConsole } from '../../hooks/console.ts';
import { useChange } from '../../hooks/data.ts';
import { PlainForm } from '../../parts/form.tsx';
import { Page, Section } from '../../parts/page.tsx';
import { Devices } from './devices.tsx';
import { Sessions } from './sessions.tsx';

export default function AccountPage() {
  const { profile } = useConsole();
  return (
    <Page title="Your account" about={`Signed in as ${profile.email}.`}>
      <Section title="Profile">
        <Name profile={profile} />
      </Section>
      <Sessions />
      <Devices />
    </Page>
  );
}

function Name({ profile }: { profile: Thing<'Profile'> }) {
  const [name, setName] = useState(profile.name);
  const save = useChange((api, chosen: string) => answer(api.PATCH('/v1/me', { body: { name: chosen } })), {
    done: () => 'Your name was changed.',
    stale: [['profile']],
  });
  return (
    <PlainForm
      submit="Save"
      isBusy={save.isPending}
      error={save.error}
      isReady={name.trim() !== '' && name !== profile.name}
      onSubmit={() => save.mutate(name.trim())}
    >
      <TextInput
        label="Name"
        description="As members of your tenants see you"
        maxLength={100}
        autoComplete="name"
        value={name}
        onChange={(event) => setName(event.currentTarget.value)}
        maw="24rem"
      />
    </PlainForm>
  );
}
