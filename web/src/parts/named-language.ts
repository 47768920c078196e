/**
 * The library of charts asks for numbers in the browser's language when it is loaded, and fails where that is no
 * language: a browser started under a POSIX locale calls it `en-US@posix`. Imported before it.
 */
import { speaks } from './speaks.ts';

if (!speaks(navigator.language))
  Object.defineProperty(navigator, 'language', { value: 'en', configurable: true });
