/** Finds what a generated text copies word for word from other texts. */
import type { Document } from '../base/document';
import { counted } from '../base/units';

/** The longest passage that a text shares with others. */
export interface Copied {
  /** 0 if no word is shared. */
  words: number;
  /** The passage in the generated text, and its range in UTF-16 units; `to` is exclusive. */
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

/** Quotes a passage on one line, truncated to 200 characters: `“the side of the ship”`. */
export function quotedPassage(passage: string): string {
  const line = passage.replaceAll(/\s+/g, ' ');
  return `“${line.length > MAX_QUOTED ? `${line.slice(0, MAX_QUOTED)}…` : line}”`;
}
const MAX_QUOTED = 200;

type Readable = Pick<Document, 'chunks'>;

/** A word between spaces, with its punctuation; or one character of a script without spaces between words. */
const SCRIPTS = String.raw`\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}\p{sc=Thai}\p{sc=Lao}\p{sc=Khmer}`;
const WORD = new RegExp(String.raw`[${SCRIPTS}]|[^\s${SCRIPTS}]+`, 'gu');

/** A character after which a word may begin. */
const WORD_EDGE = new RegExp(String.raw`[\s${SCRIPTS}]`, 'u');
/** Maximum characters of a word. */
const MAX_WORD_LENGTH = 1000;

/**
 * Finds the longest run of words of `written` that occurs in one of the documents, in linear time. Case and punctuation
 * matter; spaces and line breaks don't. Equally long passages tie to the first.
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
    for await (const text of cutBetweenWords(document.chunks())) {
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

/** Recuts a text into chunks that end between two words. */
async function* cutBetweenWords(chunks: AsyncIterable<string>): AsyncGenerator<string> {
  let remainder = '';
  for await (const chunk of chunks) {
    const text = remainder + chunk;
    let cut = text.length;
    while (cut > 0 && text.length - cut < MAX_WORD_LENGTH && !WORD_EDGE.test(text[cut - 1]!)) cut--;
    if (cut > 0) yield text.slice(0, cut);
    remainder = text.slice(cut);
  }
  yield remainder;
}

/** Accepts every run of words of a text. While reading other words, tracks the longest run up to the last. */
class SubwordAutomaton {
  /** Per state: transitions by word, suffix link, length of the longest run, and end of its first occurrence. */
  readonly #next = [new Map<string, number>()];
  readonly #link = [-1];
  readonly #length = [0];
  readonly #end = [0];
  #last = 0;
  #state = 0;
  #matched = 0;

  constructor(words: readonly string[]) {
    for (const word of words) this.#addWord(word);
  }

  /** Resets the reading state before a new document. */
  begin(): void {
    [this.#state, this.#matched] = [0, 0];
  }

  /** Returns the number of words, up to this one, that form a run of the text. */
  read(word: string): number {
    while (this.#state > 0 && !this.#next[this.#state]!.has(word)) {
      this.#state = this.#link[this.#state]!;
      this.#matched = this.#length[this.#state]!;
    }
    const target = this.#next[this.#state]!.get(word);
    if (target === undefined) return 0;
    this.#state = target;
    return ++this.#matched;
  }

  /** End of the run in the text, in words. */
  end = (): number => this.#end[this.#state]!;

  #addState(length: number, link: number, next: Map<string, number>, end: number): number {
    this.#length.push(length);
    this.#link.push(link);
    this.#next.push(next);
    return this.#end.push(end) - 1;
  }

  #addWord(word: string): void {
    const length = this.#length[this.#last]! + 1;
    const added = this.#addState(length, 0, new Map(), length);
    let from = this.#last;
    for (; from >= 0 && !this.#next[from]!.has(word); from = this.#link[from]!) this.#next[from]!.set(word, added);
    this.#last = added;
    if (from < 0) return;
    const target = this.#next[from]!.get(word)!;
    if (this.#length[target] === this.#length[from]! + 1) {
      this.#link[added] = target;
      return;
    }
    const copy = this.#addState(
      this.#length[from]! + 1,
      this.#link[target]!,
      new Map(this.#next[target]),
      this.#end[target]!,
    );
    for (; from >= 0 && this.#next[from]!.get(word) === target; from = this.#link[from]!)
      this.#next[from]!.set(word, copy);
    this.#link[target] = copy;
    this.#link[added] = copy;
  }
}
