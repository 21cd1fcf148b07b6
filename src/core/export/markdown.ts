/** Writes the Markdown of exported documents, and parses it again to show it. */
import { APPLIED_WORDS } from '../tokenizer/tokenizer';
import type { RunInfo } from './homegrownJson';

export function table(rows: readonly (readonly string[])[], head: readonly string[] = ['Setting', 'Value']): string {
  return [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}

/** Escapes text as plain words, never Markdown or HTML, because names come from people and files. */
export const plain = (text: string): string =>
  text.replace(/[\p{Cc}\p{Cf}\u2028\u2029]+/gu, ' ').replace(/[\\`*_{}[\]<>#+!|&~]/g, (c) => `&#${c.charCodeAt(0)};`);

const TOKENIZERS = {
  bpe: 'Byte-level BPE with the split pattern of GPT-2',
  characters: 'Characters, as byte-level BPE',
  bytes: 'Bytes',
  ...APPLIED_WORDS,
};

/** Kind of a tokenizer. How an imported one splits text is described separately. */
export const tokenizerKind = ({ tokenizer, split }: Pick<RunInfo, 'tokenizer' | 'split'>): string =>
  split === undefined ? TOKENIZERS[tokenizer] : 'Byte-level BPE';

/** Block of such a document. Texts are plain text, to be shown as such: never Markdown or HTML. */
export type Block =
  | { kind: 'heading'; level: number; text: string }
  | { kind: 'paragraph'; text: string }
  | { kind: 'code'; text: string }
  | { kind: 'table'; head: readonly string[]; rows: readonly (readonly string[])[] };

/** Parses a document of ours (headings, paragraphs, tables, fenced code) without its front matter. */
export const blocks = (source: string): readonly Block[] =>
  source
    .replace(/^---\n[\s\S]*?\n---\n/, '') // for machines
    .split(/(```[\s\S]*?```)/)
    .flatMap((part) => (part.startsWith('```') ? [part] : part.split(/\n{2,}/)))
    .map((part) => part.trim())
    .filter((part) => part !== '')
    .map(block);

function block(source: string): Block {
  if (source.startsWith('```')) return { kind: 'code', text: source.replace(/^```\w*\n|\n?```$/g, '') };
  if (source.startsWith('|')) {
    const [head = [], , ...rows] = source.split('\n').map((line) =>
      line
        .replace(/^\| | \|$/g, '')
        .split(' | ')
        .map(words),
    );
    return { kind: 'table', head, rows };
  }
  const [, marks, heading] = /^(#+) (.*)$/.exec(source) ?? [];
  if (marks === undefined || heading === undefined) return { kind: 'paragraph', text: words(source) };
  return { kind: 'heading', level: marks.length, text: words(heading) };
}

/** Removes code marks and decodes the escapes of `plain`. */
const words = (text: string): string =>
  text.replace(/`/g, '').replace(/&#(\d+);/g, (_, code: string) => String.fromCodePoint(Number(code)));
