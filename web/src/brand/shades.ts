/**
 * Shades of any colour that are read as well as the house's own: each is as light as the shade of the house that it
 * stands for, and contrast depends on lightness alone. So a tenant may choose yellow, and its buttons stay readable.
 */
import type { MantineColorsTuple } from '@mantine/core';

export const pine: MantineColorsTuple = [
  '#e9f6f2',
  '#d3ebe3',
  '#a6d8c9',
  '#78c4ae',
  '#4fb296',
  '#2f9b7e',
  '#1c8068',
  '#146a56',
  '#105747',
  '#0b4438',
];

/** @param color as `#3b6fd4` */
export function shadesOf(color: string): MantineColorsTuple {
  const rgb = rgbOf(color);
  const [a, b, c, d, e, f, g, h, i, j] = pine;
  const like = (shade: string) => asLightAs(rgb, luminanceOf(rgbOf(shade)));
  return [like(a), like(b), like(c), like(d), like(e), like(f), like(g), like(h), like(i), like(j)];
}

/** How well two colours are told apart, from 1 to 21, as WCAG counts it. */
export function contrastOf(one: string, other: string): number {
  const [dark = 0, light = 0] = [one, other].map((color) => luminanceOf(rgbOf(color))).sort((x, y) => x - y);
  return (light + 0.05) / (dark + 0.05);
}

type Rgb = readonly [red: number, green: number, blue: number];

/** Mixed with white or black until it is as light as wanted: on the way from black over the colour to white it gets lighter all along. */
function asLightAs(color: Rgb, luminance: number): string {
  const at = (part: number): Rgb =>
    part < 0.5 ? mix([0, 0, 0], color, part * 2) : mix(color, [255, 255, 255], part * 2 - 1);
  let [dark, light] = [0, 1];
  for (let step = 0; step < 20; step += 1) {
    const middle = (dark + light) / 2;
    if (luminanceOf(at(middle)) < luminance) dark = middle;
    else light = middle;
  }
  return hexOf(at(light));
}

function mix(from: Rgb, to: Rgb, part: number): Rgb {
  const between = (channel: 0 | 1 | 2) => from[channel] + (to[channel] - from[channel]) * part;
  return [between(0), between(1), between(2)];
}

function rgbOf(color: string): Rgb {
  const all = Number.parseInt(color.slice(1), 16);
  return [all >> 16, (all >> 8) & 255, all & 255];
}

function hexOf(rgb: Rgb): string {
  return `#${rgb.map((channel) => Math.round(channel).toString(16).padStart(2, '0')).join('')}`;
}

/** Relative luminance, as WCAG defines it. */
function luminanceOf(rgb: Rgb): number {
  const [red, green, blue] = rgb.map(linear) as [number, number, number];
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

function linear(channel: number): number {
  const share = channel / 255;
  return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
}
