/** The browser that tests get renders pages of this machine, at the size of a phone and of a laptop. */
import { expect, test } from '@jest/globals';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { withBrowser } from '#test/support/chromium.ts';

const page = `<!doctype html><meta name="viewport" content="width=device-width">
<style>main { font-size: 20px } @media (max-width: 600px) { main { background: #c00 } }</style>
<main>Hello</main><script>document.querySelector('main').append(' from a script')</script>`;

/** A PNG file starts with its signature, then the header with width and height. */
function sizeOf(png: Buffer): { width: number; height: number } {
  expect(png.subarray(1, 4).toString()).toBe('PNG');
  return { width: png.readUInt32BE(16), height: png.readUInt32BE(20) };
}

test('a localhost page is rendered, scripts and styles included, at 390×844 and 1280×800', async () => {
  const server = createServer((_request, response) =>
    response.setHeader('content-type', 'text/html').end(page),
  );
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = `http://localhost:${(server.address() as AddressInfo).port}/`;
  const sizes = [
    { width: 390, height: 844, background: 'rgb(204, 0, 0)' },
    { width: 1280, height: 800, background: 'rgba(0, 0, 0, 0)' },
  ];
  try {
    await withBrowser(async (browser) => {
      for (const { width, height, background } of sizes) {
        const tab = await browser.newPage({ viewport: { width, height } });
        await tab.goto(url);
        const main = tab.locator('main');
        expect(await main.innerText()).toBe('Hello from a script');
        expect(await main.evaluate((element) => getComputedStyle(element).backgroundColor)).toBe(background);
        // Without a font the text would have no width.
        const text = await main.evaluate((element) => {
          const range = document.createRange();
          range.selectNodeContents(element);
          return range.getBoundingClientRect().width;
        });
        expect(text).toBeGreaterThan(100);
        expect(sizeOf(await tab.screenshot())).toEqual({ width, height });
        await tab.close();
      }
    });
  } finally {
    server.closeAllConnections();
    server.close();
  }
});

test('the browser is closed when the test that uses it fails', async () => {
  let closed: () => boolean = () => false;
  const failing = withBrowser(async (browser) => {
    closed = () => !browser.isConnected();
    throw new Error('expectation missed');
  });
  await expect(failing).rejects.toThrow('expectation missed');
  expect(closed()).toBe(true);
});
