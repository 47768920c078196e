/** Says for a while what was done, in a place that screen readers listen to. */
import { Paper, Text } from '@mantine/core';
import { type ReactNode, useCallback, useState } from 'react';
import { SayContext } from '../hooks/say.ts';
import { IconCircleCheck } from '../icons.ts';

const shownMs = 6_000;

export function Toasts({ children }: { children: ReactNode }) {
  const [said, setSaid] = useState<readonly { id: number; text: string }[]>([]);
  const say = useCallback((text: string) => {
    const id = Date.now() + Math.random();
    setSaid((before) => [...before.slice(-2), { id, text }]);
    setTimeout(() => setSaid((before) => before.filter((one) => one.id !== id)), shownMs);
  }, []);
  return (
    <SayContext value={say}>
      {children}
      <div className="toasts" role="status" aria-live="polite">
        {said.map(({ id, text }) => (
          <Paper key={id} shadow="md" p="sm" style={{ display: 'flex', gap: '0.5rem', alignItems: 'center' }}>
            <IconCircleCheck size={18} color="var(--mantine-color-anchor)" aria-hidden />
            <Text size="sm">{text}</Text>
          </Paper>
        ))}
      </div>
    </SayContext>
  );
}
