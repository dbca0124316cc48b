/** What a visitor is called before they have told their name: always the same, so that agents can speak about them; pure. */

// Short words: the whole of it has to fit into a row of the inbox beside how long somebody has waited.
const COLOURS = [
  ...['Amber', 'Azure', 'Blue', 'Coral', 'Ebony', 'Gold', 'Green', 'Grey', 'Ivory', 'Jade', 'Lilac', 'Lime'],
  ...['Mint', 'Ochre', 'Olive', 'Pearl', 'Plum', 'Red', 'Rose', 'Ruby', 'Rust', 'Sand', 'Teal', 'White'],
];
const ANIMALS = [
  ...['bison', 'crane', 'deer', 'eagle', 'finch', 'fox', 'gecko', 'hare', 'hawk', 'heron', 'ibis', 'koala', 'lark', 'lynx'],
  ...['moose', 'newt', 'orca', 'otter', 'owl', 'panda', 'raven', 'robin', 'seal', 'stork', 'swan', 'swift', 'tiger', 'wren'],
];

export interface Known {
  name: string | null;
  company?: string | null | undefined;
  conversation_id?: string;
}

/** The name, else "Visitor from Acme", else "Visitor · Teal heron". */
export function displayName({ name, company, conversation_id }: Known): string {
  if (name?.trim()) return name.trim();
  if (company?.trim()) return `Visitor from ${company.trim()}`;
  return conversation_id === undefined ? 'Visitor' : `Visitor · ${nickname(conversation_id)}`;
}

/** The same inside of a sentence. */
export function calledName(known: Known): string {
  if (known.name?.trim()) return known.name.trim();
  if (known.company?.trim()) return `the visitor from ${known.company.trim()}`;
  return known.conversation_id === undefined ? 'the visitor' : `the visitor “${nickname(known.conversation_id)}”`;
}

function nickname(id: string): string {
  const number = hash(id);
  const colour = COLOURS[number % COLOURS.length] ?? '';
  return `${colour} ${ANIMALS[Math.floor(number / COLOURS.length) % ANIMALS.length] ?? ''}`;
}

/** FNV-1a with a last stir; ids that differ in one sign come far apart. */
function hash(text: string): number {
  let number = 0x811c9dc5;
  for (const sign of text) number = Math.imul(number ^ (sign.codePointAt(0) ?? 0), 0x01000193);
  number = Math.imul(number ^ (number >>> 15), 0x2c1b3c6d);
  return (number ^ (number >>> 13)) >>> 0;
}
