/** What a visitor is called before they have told their name: always the same, so that agents can speak about them; pure. */

const COLOURS = [
  ...['Amber', 'Azure', 'Copper', 'Coral', 'Crimson', 'Ebony', 'Emerald', 'Golden', 'Green', 'Grey'],
  ...['Indigo', 'Ivory', 'Jade', 'Lilac', 'Ochre', 'Olive', 'Orange', 'Pearl', 'Plum', 'Purple'],
  ...['Red', 'Rose', 'Ruby', 'Sand', 'Silver', 'Teal', 'Violet', 'White', 'Yellow', 'Blue'],
];
const ANIMALS = [
  ...['badger', 'beaver', 'bison', 'crane', 'deer', 'dolphin', 'eagle', 'falcon', 'finch', 'fox'],
  ...['gecko', 'hare', 'hawk', 'heron', 'ibis', 'kestrel', 'koala', 'lark', 'lynx', 'marten'],
  ...['moose', 'newt', 'orca', 'osprey', 'otter', 'owl', 'panda', 'panther', 'puffin', 'raven'],
  ...['robin', 'salmon', 'seal', 'sparrow', 'stork', 'swan', 'swift', 'tiger', 'turtle', 'wren'],
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
