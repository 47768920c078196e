/** The colours of a tenant's pages: readable whatever it chose. */
import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { contrastOf, pine, shadesOf } from '../../web/src/brand/shades.ts';

const anyColor = fc
  .integer({ min: 0, max: 0xffffff })
  .map((value) => `#${value.toString(16).padStart(6, '0')}`);

const extremes = ['#000000', '#ffffff', '#ffff00', '#0000ff', '#ff0000', '#00ff00', '#808080', '#fefefe'];

test('contrast is counted as WCAG does', () => {
  expect(contrastOf('#000000', '#ffffff')).toBeCloseTo(21, 5);
  expect(contrastOf('#777777', '#ffffff')).toBeCloseTo(4.48, 2);
  expect(contrastOf('#ff0000', '#ff0000')).toBe(1);
});

test('[UI-4] text is readable on and in every colour that a tenant can choose, light and dark', () => {
  fc.assert(
    fc.property(anyColor, (color) => {
      const [palest, pale, soft, anchor, quiet, , , filled, hover, darkest] = shadesOf(color);
      const pairs: [string, string][] = [
        // Buttons, and what they are under the mouse.
        [filled, '#ffffff'],
        [hover, '#ffffff'],
        // Links and outlines: on cards and on the canvas, light; then dark.
        [filled, '#f6f8f8'],
        [anchor, '#171b1e'],
        [anchor, '#101315'],
        [quiet, '#171b1e'],
        // Where one is in the menu.
        [darkest, pale],
        [darkest, soft],
        [palest, darkest],
      ];
      const unreadable = pairs.filter((pair) => contrastOf(...pair) < 4.5);
      expect(unreadable).toEqual([]);
    }),
    { examples: extremes.map((color): [string] => [color]), numRuns: 300 },
  );
});

test('[UI-4] the shades go from light to dark, and keep the hue that was chosen', () => {
  const blues = shadesOf('#3b6fd4');
  const lightness = blues.map((shade) => contrastOf(shade, '#000000'));
  expect(lightness).toEqual([...lightness].sort((one, other) => other - one));
  for (const shade of blues) {
    const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((at) =>
      Number.parseInt(shade.slice(at, at + 2), 16),
    );
    expect(blue).toBeGreaterThan(green);
    expect(green).toBeGreaterThan(red);
  }
});

test('the house’s own colour comes out as it is', () => {
  const shades = shadesOf('#146a56');
  shades.forEach((shade, place) => {
    expect(contrastOf(shade, pine[place] ?? '')).toBeLessThan(1.03);
  });
});
