/** Why something is done; whoever reads the trail later learns it. */
import { TextInput } from '@mantine/core';

/** Whether a reason is long enough for the service. */
export function isReason(text: string): boolean {
  return text.trim().length >= 3;
}

export function Reason({ value, onChange }: { value: string; onChange: (value: string) => void }) {
  return (
    <TextInput
      label="Reason"
      description="Stands in the audit trail"
      required
      minLength={3}
      maxLength={500}
      value={value}
      onChange={(event) => onChange(event.currentTarget.value)}
    />
  );
}
