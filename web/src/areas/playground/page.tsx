/** A governed call by hand: which model would answer, what it would cost, and the answer while it is made. */
import {
  Button,
  Group,
  NativeSelect,
  NumberInput,
  Paper,
  SimpleGrid,
  Stack,
  Text,
  Textarea,
} from '@mantine/core';
import { useRef, useState } from 'react';
import { type AiFeature, aiFeatureNames, aiFeatures } from '#shared/config/ai-features.ts';
import { answer } from '../../api/client.ts';
import { useConsole } from '../../hooks/console.ts';
import { useChange, useRead } from '../../hooks/data.ts';
import { useTenant } from '../../hooks/tenant.ts';
import { IconPlayerStop, IconSend } from '../../icons.ts';
import { sayDollars } from '../../parts/dollars.ts';
import { Page, Section } from '../../parts/page.tsx';
import { Problem } from '../../parts/problem.tsx';
import { listen, type Outcome, type Question } from './listen.ts';

type Answering = { text: string; outcome?: Outcome; error?: unknown; isStopped?: boolean };

export default function PlaygroundPage() {
  const { config, session } = useConsole();
  const { as } = useTenant();
  const [feature, setFeature] = useState<AiFeature>('chat');
  const [model, setModel] = useState('');
  const [system, setSystem] = useState('');
  const [message, setMessage] = useState('');
  const [maxTokens, setMaxTokens] = useState(1_024);
  const [answering, setAnswering] = useState<Answering>();
  const [isBusy, setIsBusy] = useState(false);
  const stop = useRef<AbortController>(null);
  const models = useRead(['models'], (api) => answer(api.GET('/v1/ai/models')));
  const named = (models.data?.items ?? []).filter(({ mayBeNamed }) => mayBeNamed);
  const question: Question = {
    feature,
    maxTokens,
    messages: [{ role: 'user', content: message }],
    ...(model === '' ? {} : { model }),
    ...(system.trim() === '' ? {} : { system }),
  };
  const estimate = useChange((api, body: Question) => answer(api.POST('/v1/ai/count-cost', { body })), {
    stale: [],
  });
  const spent = useChange((_, outcome: Outcome) => Promise.resolve(outcome), {
    stale: [['costs'], ['calls'], ['budgets'], ['daily-alert']],
  });

  const ask = async () => {
    const controller = new AbortController();
    stop.current = controller;
    setIsBusy(true);
    setAnswering({ text: '' });
    const add = (piece: string) =>
      setAnswering((before) => ({ ...before, text: (before?.text ?? '') + piece }));
    try {
      const options = {
        apiUrl: config.apiUrl,
        session,
        as,
        question,
        signal: controller.signal,
        onText: add,
      };
      const outcome = await listen(options);
      setAnswering((before) => ({ text: before?.text ?? '', outcome }));
      spent.mutate(outcome);
    } catch (error) {
      const isStopped = controller.signal.aborted;
      setAnswering((before) => ({ text: before?.text ?? '', ...(isStopped ? { isStopped } : { error }) }));
    } finally {
      setIsBusy(false);
    }
  };

  return (
    <Page
      title="Playground"
      about="A call like any other: routed by the rules, held against the budgets, written into the ledger."
    >
      <SimpleGrid cols={{ base: 1, lg: 2 }}>
        <Section title="Ask">
          <form
            onSubmit={(event) => {
              event.preventDefault();
              void ask();
            }}
          >
            <Stack gap="sm">
              <Group grow align="flex-start">
                <NativeSelect
                  label="Feature"
                  data={aiFeatureNames.map((value) => ({ value, label: aiFeatures[value].summary }))}
                  value={feature}
                  onChange={(event) => setFeature(event.currentTarget.value as AiFeature)}
                />
                <NativeSelect
                  label="Model"
                  data={[
                    { value: '', label: 'By the rules' },
                    ...named.map(({ name }) => ({ value: name, label: name })),
                  ]}
                  value={model}
                  onChange={(event) => setModel(event.currentTarget.value)}
                />
              </Group>
              <Textarea
                label="Instructions"
                autosize
                minRows={1}
                maxRows={6}
                value={system}
                onChange={(event) => setSystem(event.currentTarget.value)}
              />
              <Textarea
                label="Message"
                required
                autosize
                minRows={4}
                maxRows={12}
                value={message}
                onChange={(event) => setMessage(event.currentTarget.value)}
              />
              <NumberInput
                label="Longest answer, in tokens"
                min={1}
                max={64_000}
                maw="14rem"
                value={maxTokens}
                onChange={(value) => setMaxTokens(typeof value === 'number' ? value : 1_024)}
              />
              <Group>
                <Button
                  type="submit"
                  leftSection={<IconSend size={16} />}
                  loading={isBusy}
                  disabled={message.trim() === ''}
                >
                  Send
                </Button>
                <Button
                  variant="default"
                  loading={estimate.isPending}
                  disabled={message.trim() === ''}
                  onClick={() => estimate.mutate(question)}
                >
                  What would it cost?
                </Button>
                {isBusy && (
                  <Button
                    variant="subtle"
                    color="red"
                    leftSection={<IconPlayerStop size={16} />}
                    onClick={() => stop.current?.abort()}
                  >
                    Stop
                  </Button>
                )}
              </Group>
              <Problem error={estimate.error} />
              {estimate.data !== undefined && (
                <Text size="sm" role="status">
                  {estimate.data.model}, chosen by {estimate.data.rule}: {sayDollars(estimate.data.cost.from)}{' '}
                  to {sayDollars(estimate.data.cost.to)}, at most {sayDollars(estimate.data.cost.worst)}.
                </Text>
              )}
            </Stack>
          </form>
        </Section>
        <Section title="Answer">
          <Answer answering={answering} isBusy={isBusy} />
        </Section>
      </SimpleGrid>
    </Page>
  );
}

function Answer({ answering, isBusy }: { answering: Answering | undefined; isBusy: boolean }) {
  if (answering === undefined) {
    return (
      <Text size="sm" c="dimmed">
        The answer appears here while it is made, and what it cost once it is whole.
      </Text>
    );
  }
  const { text, outcome, error, isStopped } = answering;
  return (
    <Stack gap="sm">
      <Paper withBorder={false} p={0} className="answer" aria-busy={isBusy} aria-live="polite">
        {text === '' && isBusy ? 'Waiting for the first words …' : text}
      </Paper>
      <Problem error={error} />
      {isStopped === true && (
        <Text size="sm" c="dimmed">
          Stopped. What was said until then is charged.
        </Text>
      )}
      {outcome !== undefined && (
        <Text size="xs" c="dimmed" data-testid="outcome">
          {outcome.model}, chosen by {outcome.rule} · {outcome.input} tokens in, {outcome.output} out ·{' '}
          {sayDollars(outcome.cost)}
        </Text>
      )}
    </Stack>
  );
}
