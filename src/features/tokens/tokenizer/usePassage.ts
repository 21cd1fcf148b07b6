import { useDeferredValue, useMemo, useState } from 'react';
import type { Failure } from '../../../core/base/errors';
import { trainingSize, type TextRecord } from '../../../core/documents/record';
import type { TokenPiece } from '../../../core/tokenizer/statistics';
import { useStudio } from '../../../state/react';
import { useQuery } from '../../../state/useWorkerValue';

/** Maximum length of a passage, in UTF-16 code units. */
const MAX_PASSAGE = 560;
/** Length of the excerpt of a document from which passages are taken, in code points. */
const EXCERPT_LENGTH = 20_000;
/** Maximum length of the user's text, in UTF-16 code units. */
export const MAX_OWN_TEXT = 4000;

/** A passage of the training text; `next` moves to another. Undefined until loaded, or if there is no text. */
export function usePassage(): { passage: string | undefined; failure: Failure | undefined; next: () => void } {
  const allTexts = useStudio((s) => s.texts);
  const [turn, setTurn] = useState(0);
  const texts = useMemo(() => allTexts.filter((text) => trainingSize(text).documents > 0), [allTexts]);
  const text = texts[turn % Math.max(1, texts.length)];
  const { document, passage: passageIndex } = documentAt(text, Math.floor(turn / Math.max(1, texts.length)));
  const { latest, failure } = useQuery(
    text && JSON.stringify([text.id, document, passageIndex]),
    async ({ data }, { signal }) => {
      const input = { id: text!.id, nth: document, characters: EXCERPT_LENGTH };
      return passageAt(await data.call('trainingExcerpt', input, { signal }), passageIndex);
    },
    text && trainingSize(text).sha256,
  );
  return { passage: text && !failure ? latest : undefined, failure, next: () => setTurn(turn + 1) };
}

/** Turn `n` of a text shows its `n`th training document; after the last document, the next passage of each. */
function documentAt(text: TextRecord | undefined, n: number): { document: number; passage: number } {
  if (!text) return { document: 0, passage: 0 };
  const { documents } = trainingSize(text);
  return { document: n % documents, passage: Math.floor(n / documents) };
}

/** Returns the `n`th passage of a text: evenly spread (golden ratio), from a line's start to a word's end. */
export function passageAt(text: string, n: number): string {
  const maxStart = Math.max(0, text.length - MAX_PASSAGE);
  const target = Math.floor(((n * 0.618034) % 1) * maxStart);
  const lineBreak = text.indexOf('\n', target);
  const start = target === 0 ? 0 : lineBreak >= 0 && lineBreak < target + MAX_PASSAGE / 2 ? lineBreak + 1 : target;
  const candidate = text.slice(start, start + MAX_PASSAGE);
  const end =
    start + MAX_PASSAGE >= text.length
      ? candidate.length
      : Math.max(candidate.lastIndexOf(' '), candidate.lastIndexOf('\n'));
  // Without a space (as in Chinese) it ends at the maximum length, but not inside a surrogate pair.
  return dropSplitSurrogates(end > MAX_PASSAGE / 2 ? candidate.slice(0, end) : candidate);
}

/** Clips the user's text to the maximum length shown. */
export const clip = (text: string): string => dropSplitSurrogates(text.slice(0, MAX_OWN_TEXT));

/** Removes halves of surrogate pairs at both ends. */
const dropSplitSurrogates = (text: string): string => text.replace(/^[\udc00-\udfff]|[\ud800-\udbff]$/g, '');

type Tokenized =
  | { kind: 'tokenizing' }
  | { kind: 'tokenized'; passage: string; pieces: readonly TokenPiece[] }
  | { kind: 'failed'; failure: Failure };

/** Tokens of the passage; the previous ones until the new ones arrive. */
export function useTokens(passage: string | undefined): Tokenized {
  const tokenize = useStudio((s) => s.tokensOf);
  const tokenizer = useStudio((s) => s.project.tokenizer);
  const deferredPassage = useDeferredValue(passage);
  const { latest, failure } = useQuery(
    deferredPassage,
    async () => ({ passage: deferredPassage!, pieces: await tokenize(deferredPassage!) }),
    tokenizer,
  );
  if (failure) return { kind: 'failed', failure };
  return latest ? { kind: 'tokenized', ...latest } : { kind: 'tokenizing' };
}
