/** Prompts: the platform’s texts, the tenant’s own in their place, version by version; and how models write. */
import { Badge, Button, Code, Group, Text } from '@mantine/core';
import { useState } from 'react';
import { answer, type Thing } from '../../api/client.ts';
import { useRead } from '../../hooks/data.ts';
import { useTenant } from '../../hooks/tenant.ts';
import { Loading, Page, Section } from '../../parts/page.tsx';
import { Problem } from '../../parts/problem.tsx';
import { EditPrompt } from './edit.tsx';
import { Preferences } from './preferences.tsx';
import { Versions } from './versions.tsx';

type Prompt = Thing<'Prompt'>;

export default function PromptsPage() {
  const [doing, setDoing] = useState<{ what: 'edit' | 'versions'; prompt: Prompt }>();
  const prompts = useRead(['prompts'], (api) => answer(api.GET('/v1/ai/prompts')));
  const close = () => setDoing(undefined);
  return (
    <Page
      title="Prompts"
      about="What models are told before they are asked. A new version is in force at once."
    >
      {prompts.isPending && (
        <Section title="Prompts">
          <Loading lines={6} />
        </Section>
      )}
      <Problem error={prompts.error} retry={() => void prompts.refetch()} />
      {prompts.data?.items.map((prompt) => (
        <PromptCard key={prompt.key} prompt={prompt} onDo={(what) => setDoing({ what, prompt })} />
      ))}
      <Preferences />
      {doing?.what === 'edit' && <EditPrompt prompt={doing.prompt} onClose={close} />}
      {doing?.what === 'versions' && <Versions prompt={doing.prompt} onClose={close} />}
    </Page>
  );
}

function PromptCard({ prompt, onDo }: { prompt: Prompt; onDo: (what: 'edit' | 'versions') => void }) {
  const { may } = useTenant();
  const { key, summary, origin, version, template } = prompt;
  return (
    <Section
      title={summary}
      about={
        <Group gap={6} component="span">
          <code>{key}</code>
          <Badge color={origin === 'tenant' ? 'indigo' : 'gray'} component="span">
            {origin === 'tenant' ? `Your version ${version}` : 'The platform’s text'}
          </Badge>
        </Group>
      }
      actions={
        <Group gap={4}>
          <Button
            size="xs"
            variant="subtle"
            aria-label={`Versions of ${key}`}
            onClick={() => onDo('versions')}
          >
            Versions
          </Button>
          {may('ai:manage') && (
            <Button size="xs" variant="default" aria-label={`Change ${key}`} onClick={() => onDo('edit')}>
              Change
            </Button>
          )}
        </Group>
      }
    >
      <Code
        block
        className="break"
        style={{ whiteSpace: 'pre-wrap' }}
        tabIndex={0}
        role="group"
        aria-label={`Text of ${key}`}
      >
        {template}
      </Code>
      {prompt.variables.length > 0 && (
        <Text size="xs" c="dimmed" mt="xs">
          Filled in: {prompt.variables.join(', ')}
        </Text>
      )}
    </Section>
  );
}
