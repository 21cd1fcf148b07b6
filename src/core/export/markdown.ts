/** What the documents that travel with a model are made of. */

export function table(rows: readonly (readonly string[])[], head: readonly string[] = ['Setting', 'Value']): string {
  return [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}

/** Names come from people and files: here they are words, never Markdown or HTML. */
export const plain = (text: string): string =>
  text.replace(/[\p{Cc}\p{Cf}\u2028\u2029]+/gu, ' ').replace(/[\\`*_{}[\]<>#+!|&~]/g, (c) => `&#${c.charCodeAt(0)};`);

export const TOKENIZERS = {
  bpe: 'Byte-level BPE with the split pattern of GPT-2',
  characters: 'Characters, as byte-level BPE',
  bytes: 'Bytes',
};
