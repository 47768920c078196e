/** Sending dead letters again, or giving them up: one of them, or the oldest of a queue. */
import { Text } from '@mantine/core';
import { useState } from 'react';
import { mostLettersAtOnce } from '#shared/config/dead-letters.ts';
import { answer } from '../../api/client.ts';
import { useChange } from '../../hooks/data.ts';
import { FormDialog } from '../../parts/form.tsx';
import { isReason, Reason } from '../../parts/reason.tsx';

/** What is decided about; without an id, what waits longest in the queue. */
export type Decision = { how: 'replay' | 'discard'; queue: string; id?: string; waiting: number };

type DecideProps = { decision: Decision; onClose: () => void };

export function Decide({ decision: { how, queue, id, waiting }, onClose }: DecideProps) {
  const [reason, setReason] = useState('');
  const isReplay = how === 'replay';
  const decide = useChange(
    async (api, why: string) => {
      const call = {
        params: { path: { queue } },
        body: { reason: why, ...(id === undefined ? {} : { ids: [id] }) },
      };
      if (isReplay) {
        const { replayed, left } = await answer(api.POST('/v1/platform/dead-letters/{queue}/replay', call));
        return { done: replayed, left };
      }
      const { discarded, left } = await answer(api.POST('/v1/platform/dead-letters/{queue}/discard', call));
      return { done: discarded, left };
    },
    {
      done: ({ done, left }) =>
        `${done} ${isReplay ? 'on their way again' : 'given up'}; ${left} of ${queue} wait.`,
      stale: [['dead-letters'], ['audit']],
    },
  );
  const which =
    id !== undefined
      ? 'this message'
      : `the ${Math.min(waiting, mostLettersAtOnce)} oldest messages of ${queue}`;
  return (
    <FormDialog
      title={isReplay ? `Send ${which} again?` : `Give ${which} up?`}
      submit={isReplay ? 'Send again' : 'Give up'}
      isBusy={decide.isPending}
      error={decide.error}
      isReady={isReason(reason)}
      onSubmit={() => decide.mutate(reason.trim(), { onSuccess: onClose })}
      onClose={onClose}
    >
      <Text size="sm">
        {isReplay
          ? 'The worker gets it within a minute, and finishes what was half done. Correct first why it failed.'
          : 'What it asked for is never done, and what it says is forgotten. Tell the tenant.'}
      </Text>
      <Reason value={reason} onChange={setReason} />
    </FormDialog>
  );
}
