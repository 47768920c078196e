/** Writing the next version of a prompt, with a look at what a model would get. */
import { Button, Code, Group, Text, Textarea, TextInput } from '@mantine/core';
import { useState } from 'react';
import { answer, type Thing } from '../../api/client.ts';
import { useChange } from '../../hooks/data.ts';
import { useTenant } from '../../hooks/tenant.ts';
import { FormDialog } from '../../parts/form.tsx';
import { Problem } from '../../parts/problem.tsx';

export function EditPrompt({ prompt, onClose }: { prompt: Thing<'Prompt'>; onClose: () => void }) {
  const { name } = useTenant();
  const [template, setTemplate] = useState(prompt.template);
  const [note, setNote] = useState('');
  const path = { key: prompt.key };
  const save = useChange(
    (api, _: undefined) =>
      answer(
        api.POST('/v1/ai/prompts/{key}/versions', {
          params: { path },
          body: { template, ...(note.trim() === '' ? {} : { note: note.trim() }) },
        }),
      ),
    { done: ({ version }) => `Version ${version} is in force.`, stale: [['prompts'], ['audit']] },
  );
  const variables = Object.fromEntries(
    prompt.variables.map((variable) => [variable, variable === 'tenant' ? name : `[${variable}]`]),
  );
  const preview = useChange(
    (api, _: undefined) =>
      answer(api.POST('/v1/ai/prompts/{key}/preview', { params: { path }, body: { template, variables } })),
    { stale: [] },
  );
  return (
    <FormDialog
      title={prompt.summary}
      size="lg"
      submit="Put it in force"
      isBusy={save.isPending}
      error={save.error}
      isReady={template.trim() !== '' && template !== prompt.template}
      onSubmit={() => save.mutate(undefined, { onSuccess: onClose })}
      onClose={onClose}
    >
      <Textarea
        label="Text"
        description={
          prompt.variables.length === 0
            ? 'It has no variables.'
            : `Variables stand in double braces: ${prompt.variables.map((one) => `{{${one}}}`).join(', ')}`
        }
        autosize
        minRows={6}
        maxRows={16}
        maxLength={20_000}
        required
        value={template}
        onChange={(event) => setTemplate(event.currentTarget.value)}
      />
      <TextInput
        label="Note"
        description="Why, for whoever looks at the versions"
        maxLength={500}
        value={note}
        onChange={(event) => setNote(event.currentTarget.value)}
      />
      <Group>
        <Button
          size="xs"
          variant="default"
          loading={preview.isPending}
          onClick={() => preview.mutate(undefined)}
        >
          What a model would get
        </Button>
      </Group>
      <Problem error={preview.error} />
      {preview.data !== undefined && (
        <Code block className="break" style={{ whiteSpace: 'pre-wrap' }} tabIndex={0}>
          {preview.data.system}
        </Code>
      )}
      <Text size="xs" c="dimmed">
        Earlier versions stay; you can go back to any of them.
      </Text>
    </FormDialog>
  );
}
