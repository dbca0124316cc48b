import { describe, expect, it } from 'vitest';
import { asText, brandTokens, contrast, onColour } from './brand.ts';

const COLOURS = ['#000000', '#ffffff', '#ffe600', '#7fff00', '#808080', '#767676', '#3056d3', '#e11d48', '#101010', '#fafafa', '#00aaff'];

describe.each(COLOURS)('the colour %s', (colour) => {
  it('carries readable text', () => {
    expect(contrast(colour, onColour(colour))).toBeGreaterThanOrEqual(4.5);
  });

  it.each([false, true])('makes readable tokens, dark %s', (dark) => {
    const tokens = brandTokens(colour, dark);
    const value = (name: string) => tokens[name] ?? '';
    expect(contrast(value('--hr-brand'), value('--hr-on-brand'))).toBeGreaterThanOrEqual(4.5);
    expect(contrast(value('--hr-brand-text'), value('--hr-brand-wash'))).toBeGreaterThanOrEqual(4.5);
    expect(contrast(value('--hr-brand-text'), dark ? '#11181b' : '#ffffff')).toBeGreaterThanOrEqual(4.5);
  });
});

it('a readable colour stays as it is', () => {
  expect(asText('#0b5d70', '#ffffff')).toBe('#0b5d70');
});

it.each(['', 'red', '#fff', '#12345g', 'url(x)'])('%j is no colour and changes nothing', (text) => {
  expect(brandTokens(text, false)).toEqual({});
});
