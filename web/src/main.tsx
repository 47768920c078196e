/** The console: finds out who is signed in while the page is built, then shows what is theirs. */
import '@mantine/core/styles.css';
import './styles.css';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { App } from './app.tsx';
import { Themed } from './brand/themed.tsx';
import { invitation } from './session/invitation.ts';
import { start } from './start.ts';

invitation.keepFromAddress();
const starting = start();

const place = document.getElementById('console');
if (place === null) throw new Error('The page has no place for the console.');
createRoot(place).render(
  <StrictMode>
    <Themed>
      <App starting={starting} />
    </Themed>
  </StrictMode>,
);
