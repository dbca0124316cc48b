import { describe, expect, it } from 'vitest';
import { TEXTS, type Texts } from './i18n.ts';
import { direction, fill, pickLanguage } from './language.ts';
import { LAUNCHER_TEXTS } from './loader/texts.ts';

const places = (text: string): string[] => [...text.matchAll(/\{\w+\}/gu)].map(String).sort();
const english = TEXTS['en'] as Texts;

describe.each(Object.entries(TEXTS))('texts in %s', (language, texts) => {
  it('are complete, with the same places to fill', () => {
    expect(Object.keys(texts).sort()).toEqual(Object.keys(english).sort());
    for (const [name, text] of Object.entries(texts)) {
      expect(text.trim(), name).not.toBe('');
      expect(places(text), name).toEqual(places(english[name as keyof Texts]));
    }
  });

  it('are not English by accident', () => {
    if (language === 'en') return;
    const same = Object.entries(texts).filter(([name, text]) => text.length > 12 && text === english[name as keyof Texts]);
    expect(same).toEqual([]);
  });
});

describe('the launcher', () => {
  it('has its texts in every language', () => {
    expect(Object.keys(LAUNCHER_TEXTS).sort()).toEqual(Object.keys(TEXTS).sort());
    for (const texts of Object.values(LAUNCHER_TEXTS)) expect(Object.values(texts).every(Boolean)).toBe(true);
  });
});

describe('pickLanguage', () => {
  it.each([
    [['de-AT'], 'de'],
    [['it', 'fr-CA', 'de'], 'fr'],
    [['AR'], 'ar'],
    [['xx', ''], 'en'],
    [[], 'en'],
  ])('%j gives %s', (wanted, language) => {
    expect(pickLanguage(wanted, Object.keys(TEXTS))).toBe(language);
  });

  it('knows the direction', () => {
    expect(direction('ar')).toBe('rtl');
    expect(direction('de')).toBe('ltr');
  });
});

it('fill leaves unknown places alone', () => {
  expect(fill('{n} of {max} {x}', { n: 1, max: 2 })).toBe('1 of 2 {x}');
});
