/** Asking for the tenant to return to a backup. */
import { Text, TextInput } from '@mantine/core';
import { useState } from 'react';
import { answer, type Thing } from '../../api/client.ts';
import { useChange } from '../../hooks/data.ts';
import { FormDialog } from '../../parts/form.tsx';
import { sayDay } from '../../parts/when.tsx';

const shortestReason = 3;

export function AskToRestore({ backup, onClose }: { backup: Thing<'Backup'>; onClose: () => void }) {
  const [reason, setReason] = useState('');
  const ask = useChange(
    (api, why: string) => answer(api.POST('/v1/restores', { body: { backupId: backup.id, reason: why } })),
    { done: () => 'Somebody else has to agree now.', stale: [['restores'], ['audit']] },
  );
  return (
    <FormDialog
      title={`Return to ${sayDay(backup.snapshotAt ?? backup.createdAt)}?`}
      submit="Ask for it"
      isBusy={ask.isPending}
      error={ask.error}
      isReady={reason.trim().length >= shortestReason}
      onSubmit={() => ask.mutate(reason.trim(), { onSuccess: onClose })}
      onClose={onClose}
    >
      <Text size="sm">
        Nothing changes yet. Another person has to agree; then everybody sees what would change, and somebody
        who types the tenant’s short name applies it.
      </Text>
      <TextInput
        label="Reason"
        description="Stands in the audit trail"
        required
        minLength={shortestReason}
        maxLength={500}
        data-autofocus
        value={reason}
        onChange={(event) => setReason(event.currentTarget.value)}
      />
    </FormDialog>
  );
}
