/** A customer's colour made readable: text on it, and the colour itself as text, both with a contrast of at least 4.5. */

type Rgb = [number, number, number];

const READABLE = 4.5;
/** The colour that tokens.css was made for; its own ramps are finer than what is computed here. */
const HOUSE_COLOUR = '#0e6377';
const INK = '#101719';

function parse(hex: string): Rgb | null {
  const match = /^#([0-9a-f]{2})([0-9a-f]{2})([0-9a-f]{2})$/iu.exec(hex.trim());
  return match ? (match.slice(1).map((part) => parseInt(part, 16)) as Rgb) : null;
}

function toHex(rgb: Rgb): string {
  return `#${rgb.map((part) => Math.round(part).toString(16).padStart(2, '0')).join('')}`;
}

function luminance(rgb: Rgb): number {
  const [r, g, b] = rgb.map((part) => {
    const share = part / 255;
    return share <= 0.03928 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  }) as Rgb;
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

/** WCAG contrast of two colours like `#0e6377`; 1 when one cannot be read. */
export function contrast(one: string, other: string): number {
  const [a, b] = [parse(one), parse(other)];
  if (a === null || b === null) return 1;
  const [low, high] = [luminance(a), luminance(b)].sort((x, y) => x - y) as [number, number];
  return (high + 0.05) / (low + 0.05);
}

function mix(rgb: Rgb, target: Rgb, share: number): Rgb {
  return rgb.map((part, place) => part + ((target[place] ?? 0) - part) * share) as Rgb;
}

/** White or ink, whichever reads better; white is preferred as soon as it is readable. */
export function onColour(hex: string): string {
  return contrast(hex, '#ffffff') >= READABLE ? '#ffffff' : contrast(hex, INK) >= contrast(hex, '#ffffff') ? INK : '#ffffff';
}

/** The colour moved towards black (on a light surface) or white (on a dark one) until it can be read as text. */
export function asText(hex: string, surface: string): string {
  const rgb = parse(hex);
  const ground = parse(surface);
  if (rgb === null || ground === null) return hex;
  const target: Rgb = luminance(ground) > 0.2 ? [0, 0, 0] : [255, 255, 255];
  for (let share = 0; share < 1; share += 0.05) {
    const candidate = toHex(mix(rgb, target, share));
    if (contrast(candidate, surface) >= READABLE) return candidate;
  }
  return toHex(target);
}

/** The custom properties of tokens.css that follow from a customer's colour; none when it cannot be read. */
export function brandTokens(colour: string, dark: boolean): Record<string, string> {
  const rgb = parse(colour);
  if (rgb === null || colour.toLowerCase() === HOUSE_COLOUR) return {};
  const surface = dark ? '#11181b' : '#ffffff';
  // A very dark colour would not stand out from the dark surface.
  const fill = dark && contrast(colour, surface) < 2.2 ? toHex(mix(rgb, [255, 255, 255], 0.28)) : colour;
  const ground = parse(surface) as Rgb;
  // Text in the colour also stands on its wash, where it is harder to read than on the surface.
  const wash = toHex(mix(ground, parse(fill) as Rgb, dark ? 0.2 : 0.09));
  return {
    '--hr-brand': fill,
    '--hr-brand-strong': toHex(mix(parse(fill) as Rgb, onColour(fill) === '#ffffff' ? [0, 0, 0] : [255, 255, 255], 0.14)),
    '--hr-on-brand': onColour(fill),
    '--hr-brand-text': asText(colour, wash),
    '--hr-brand-wash': wash,
    '--hr-brand-line': toHex(mix(ground, parse(fill) as Rgb, dark ? 0.45 : 0.35)),
  };
}
