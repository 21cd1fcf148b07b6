import { useDeferredValue, useMemo, useState } from 'react';
import type { Failure } from '../../../core/base/errors';
import { trainingSize, type TextRecord } from '../../../core/documents/record';
import type { TokenPiece } from '../../../core/tokenizer/statistics';
import { useStudio } from '../../../state/react';
import { useQuery } from '../../../state/useWorkerValue';

/** Maximum length of a passage from the texts, in UTF-16 code units. */
const PASSAGE = 560;
/** Code points of a document that are read for passages. */
const EXCERPT = 20_000;
export const MAX_OWN_TEXT = 4000;

/** A passage of the training text; `next` moves to another. Undefined until loaded, or if there is no text. */
export function usePassage(): { passage: string | undefined; failure: Failure | undefined; next: () => void } {
  const all = useStudio((s) => s.texts);
  const [place, setPlace] = useState(0);
  const texts = useMemo(() => all.filter((text) => trainingSize(text).documents > 0), [all]);
  const text = texts[place % Math.max(1, texts.length)];
  const { document, passage: nth } = documentAt(text, Math.floor(place / Math.max(1, texts.length)));
  const { latest, failure } = useQuery(
    text && JSON.stringify([text.id, document, nth]),
    async ({ data }, { signal }) => {
      const input = { id: text!.id, nth: document, characters: EXCERPT };
      return passageAt(await data.call('trainingExcerpt', input, { signal }), nth);
    },
    text && trainingSize(text).sha256,
  );
  return { passage: text && !failure ? latest : undefined, failure, next: () => setPlace(place + 1) };
}

/** The `n`th call for a text picks its next training document; after the last document, the next passage of each. */
function documentAt(text: TextRecord | undefined, n: number): { document: number; passage: number } {
  if (!text) return { document: 0, passage: 0 };
  const { documents } = trainingSize(text);
  return { document: n % documents, passage: Math.floor(n / documents) };
}

/** Returns the `n`th passage of a text: evenly spread (golden ratio), from a line's start to a word's end. */
export function passageAt(text: string, n: number): string {
  const room = Math.max(0, text.length - PASSAGE);
  const place = Math.floor(((n * 0.618034) % 1) * room);
  const line = text.indexOf('\n', place);
  const start = place === 0 ? 0 : line >= 0 && line < place + PASSAGE / 2 ? line + 1 : place;
  const rest = text.slice(start, start + PASSAGE);
  const end = start + PASSAGE >= text.length ? rest.length : Math.max(rest.lastIndexOf(' '), rest.lastIndexOf('\n'));
  // Without a space (as in Chinese) it ends at the maximum length, but not inside a surrogate pair.
  return wholeCharacters(end > PASSAGE / 2 ? rest.slice(0, end) : rest);
}

/** Clips the user's text to the maximum length shown. */
export const clipped = (text: string): string => wholeCharacters(text.slice(0, MAX_OWN_TEXT));

const wholeCharacters = (text: string): string => text.replace(/^[\udc00-\udfff]|[\ud800-\udbff]$/g, '');

type Tokenized =
  | { kind: 'tokenizing' }
  | { kind: 'tokenized'; passage: string; pieces: readonly TokenPiece[] }
  | { kind: 'failed'; failure: Failure };

/** Tokens of the passage; the previous ones until the new ones arrive. */
export function useTokens(passage: string | undefined): Tokenized {
  const tokensOf = useStudio((s) => s.tokensOf);
  const tokenizer = useStudio((s) => s.project.tokenizer);
  const wanted = useDeferredValue(passage);
  const { latest, failure } = useQuery(
    wanted,
    async () => ({ passage: wanted!, pieces: await tokensOf(wanted!) }),
    tokenizer,
  );
  if (failure) return { kind: 'failed', failure };
  return latest ? { kind: 'tokenized', ...latest } : { kind: 'tokenizing' };
}
