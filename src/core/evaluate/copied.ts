/** What a written text has word for word from other texts. */
import type { Document } from '../base/document';
import { counted } from '../base/units';

/** The longest passage that a text shares with others. */
export interface Copied {
  /** 0 if no word is shared. */
  words: number;
  /** As it stands in the written text, from and up to these characters (UTF-16). */
  passage: string;
  from: number;
  to: number;
}

/** Words in a row from which a passage counts as copied. */
export const COPIED_WORDS = 20;

/** `5 words, “the side of the ship”`. */
export function copiedWords({ words, passage }: Copied): string {
  return words === 0 ? 'none' : `${counted(words, 'word')}, ${quotedPassage(passage)}`;
}

/** On one line, at most 200 characters: `“the side of the ship”`. */
export function quotedPassage(passage: string): string {
  const line = passage.replaceAll(/\s+/g, ' ');
  return `“${line.length > MAX_CHARACTERS ? `${line.slice(0, MAX_CHARACTERS)}…` : line}”`;
}
const MAX_CHARACTERS = 200;

type Readable = Pick<Document, 'chunks'>;

/** A word between spaces, with its punctuation; a character of a script that doesn't part words. */
const SCRIPTS = String.raw`\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}\p{sc=Thai}\p{sc=Lao}\p{sc=Khmer}`;
const WORD = new RegExp(String.raw`[${SCRIPTS}]|[^\s${SCRIPTS}]+`, 'gu');

/** A character after which a word may begin. */
const EDGE = new RegExp(String.raw`[\s${SCRIPTS}]`, 'u');
/** Characters of what is taken for one word, at most. */
const MAX_LENGTH = 1000;

/**
 * Finds the longest run of words of `written` that stands in one of the documents, in time linear in both. Upper and lower case and
 * punctuation count; spaces and line breaks don't. Of equally long passages, the first.
 * Source: Blumer et al. 1985, "The smallest automaton recognizing the subwords of a text"
 */
export async function longestCopied(
  written: string,
  documents: Iterable<Readable> | AsyncIterable<Readable>,
  { signal }: { signal: AbortSignal },
): Promise<Copied> {
  const words = [...written.matchAll(WORD)];
  const automaton = new SubwordAutomaton(words.map(([word]) => word));
  let best = { words: 0, end: 0 };
  for await (const document of documents) {
    automaton.begin();
    for await (const text of wholeWords(document.chunks())) {
      signal.throwIfAborted();
      for (const [word] of text.matchAll(WORD)) {
        const length = automaton.read(word);
        if (length > best.words) best = { words: length, end: automaton.end() };
      }
    }
  }
  if (best.words === 0) return { words: 0, passage: '', from: 0, to: 0 };
  const last = words[best.end - 1]!;
  const from = words[best.end - best.words]!.index;
  const to = last.index + last[0].length;
  return { words: best.words, passage: written.slice(from, to), from, to };
}

/** The same text in pieces that end between two words. */
async function* wholeWords(chunks: AsyncIterable<string>): AsyncGenerator<string> {
  let rest = '';
  for await (const chunk of chunks) {
    const text = rest + chunk;
    let cut = text.length;
    while (cut > 0 && text.length - cut < MAX_LENGTH && !EDGE.test(text[cut - 1]!)) cut--;
    if (cut > 0) yield text.slice(0, cut);
    rest = text.slice(cut);
  }
  yield rest;
}

/** Accepts each run of words of a text. Reads other words, and knows the longest run that ends with the last one. */
class SubwordAutomaton {
  /** States: transitions by word, suffix link, length of the longest run, and where the first such run ends. */
  readonly #next = [new Map<string, number>()];
  readonly #link = [-1];
  readonly #length = [0];
  readonly #end = [0];
  #last = 0;
  #at = 0;
  #matched = 0;

  constructor(words: readonly string[]) {
    for (const word of words) this.#add(word);
  }

  /** Forgets what was read. */
  begin(): void {
    [this.#at, this.#matched] = [0, 0];
  }

  /** Returns how many words, up to this one, are a run of the text. */
  read(word: string): number {
    while (this.#at > 0 && !this.#next[this.#at]!.has(word)) {
      this.#at = this.#link[this.#at]!;
      this.#matched = this.#length[this.#at]!;
    }
    const to = this.#next[this.#at]!.get(word);
    if (to === undefined) return 0;
    this.#at = to;
    return ++this.#matched;
  }

  /** Where the run ends in the text: after so many of its words. */
  end = (): number => this.#end[this.#at]!;

  #state(length: number, link: number, next: Map<string, number>, end: number): number {
    this.#length.push(length);
    this.#link.push(link);
    this.#next.push(next);
    return this.#end.push(end) - 1;
  }

  #add(word: string): void {
    const length = this.#length[this.#last]! + 1;
    const added = this.#state(length, 0, new Map(), length);
    let from = this.#last;
    for (; from >= 0 && !this.#next[from]!.has(word); from = this.#link[from]!) this.#next[from]!.set(word, added);
    this.#last = added;
    if (from < 0) return;
    const to = this.#next[from]!.get(word)!;
    if (this.#length[to] === this.#length[from]! + 1) {
      this.#link[added] = to;
      return;
    }
    const copy = this.#state(this.#length[from]! + 1, this.#link[to]!, new Map(this.#next[to]), this.#end[to]!);
    for (; from >= 0 && this.#next[from]!.get(word) === to; from = this.#link[from]!) this.#next[from]!.set(word, copy);
    this.#link[to] = copy;
    this.#link[added] = copy;
  }
}
