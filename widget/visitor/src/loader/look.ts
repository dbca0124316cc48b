/** How the launcher looks: the site's settings from the hub (`bot/widget.yml`). */

export interface Look {
  colour: string;
  /** White or ink, whichever can be read on the colour. */
  ink: string;
  isLeft: boolean;
  teaser: string;
}

/**
 * Ask the hub for the site's look; without an answer in a moment the launcher appears with its own.
 * Null: the hub has no such chat for this page, and has said so in the page's console.
 */
export async function findLook(url: URL): Promise<Look | null> {
  const found = await ask(url);
  if (found === null) return null;
  const colour = /^#[0-9a-f]{6}$/iu.test(String(found['colour'])) ? String(found['colour']) : '#0e6377';
  return {
    colour,
    ink: inkOn(colour),
    // The side is meant for left-to-right pages and mirrored on others.
    isLeft: (found['position'] === 'left') !== (getComputedStyle(document.body).direction === 'rtl'),
    teaser: String(found['teaser'] ?? ''),
  };
}

async function ask(url: URL): Promise<Record<string, unknown> | null> {
  try {
    const answer = await fetch(url, { signal: AbortSignal.timeout(3000) });
    const { site, error } = (await answer.json()) as { site: Record<string, unknown>; error?: { code: string; message: string } };
    if (error?.code !== 'not_here') return site;
    console.error('Handraise: ' + error.message);
    return null;
  } catch {
    // Not allowed, offline or slow: the frame will say so, if it cannot come either.
    return {};
  }
}

function inkOn(colour: string): string {
  const [r = 0, g = 0, b = 0] = [1, 3, 5].map((at) => (parseInt(colour.slice(at, at + 2), 16) / 255) ** 2.2);
  return 0.2126 * r + 0.7152 * g + 0.0722 * b < 0.183 ? '#fff' : '#101719';
}
