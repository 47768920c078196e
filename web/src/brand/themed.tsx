/** The components in the colour of whoever is shown. */
import { MantineProvider } from '@mantine/core';
import { type ReactNode, useMemo } from 'react';
import { readable, themeIn } from '../theme.ts';
import { useShownBrand } from './brand.ts';

export function Themed({ children }: { children: ReactNode }) {
  const { color } = useShownBrand();
  const theme = useMemo(() => themeIn(color), [color]);
  return (
    <MantineProvider theme={theme} cssVariablesResolver={readable} defaultColorScheme="auto">
      {children}
    </MantineProvider>
  );
}
