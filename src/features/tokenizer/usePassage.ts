import { useDeferredValue, useEffect, useState } from 'react';
import { toFailure, type Failure } from '../../core/base/errors';
import type { TextRecord } from '../../core/documents';
import type { TokenPiece } from '../../core/tokenizer/statistics';
import { useStudio } from '../../state/react';

/** UTF-16 code units of a passage from the texts, and the most that is cut of what a person writes. */
const PASSAGE = 560;
export const MOST_OWN = 4000;

/** A passage of the person's texts; `next` goes to another. Undefined until it is here, or without texts. */
export function usePassage(): { passage: string | undefined; failure: Failure | undefined; next: () => void } {
  const texts = useStudio((s) => s.texts);
  const preview = useStudio((s) => s.preview);
  const [place, setPlace] = useState(0);
  const [read, setRead] = useState<{ passage?: string; failure?: Failure }>({});
  const text = texts[place % Math.max(1, texts.length)];
  const id = text?.id;
  const { document, passage: nth } = documentAt(text, Math.floor(place / Math.max(1, texts.length)));
  useEffect(() => {
    if (id === undefined) return;
    let isWanted = true;
    preview(id, document).then(
      ({ start }) => isWanted && setRead({ passage: passageAt(start, nth) }),
      (error: unknown) => isWanted && setRead({ failure: toFailure(error) }),
    );
    return () => {
      isWanted = false;
    };
  }, [id, document, nth, preview]);
  const { passage, failure } = id === undefined ? {} : read;
  return { passage, failure, next: () => setPlace(place + 1) };
}

/** The `n`th look into a text goes to the next of its documents that are learnt from, and then to another passage of each. */
export function documentAt(
  text: Pick<TextRecord, 'documents' | 'leftOut'> | undefined,
  n: number,
): { document: number; passage: number } {
  if (!text) return { document: 0, passage: 0 };
  const out = text.leftOut?.places ?? [];
  const kept = text.documents - out.length;
  // Places ascend, so each that is not above moves it on by one.
  const document = out.reduce((place, left) => (left <= place ? place + 1 : place), n % kept);
  return { document, passage: Math.floor(n / kept) };
}

/** The `n`th passage of a text's beginning: places spread evenly (golden ratio), from a line's start to a word's end. */
export function passageAt(text: string, n: number): string {
  const room = Math.max(0, text.length - PASSAGE);
  const place = Math.floor(((n * 0.618034) % 1) * room);
  const line = text.indexOf('\n', place);
  const start = place === 0 ? 0 : line >= 0 && line < place + PASSAGE / 2 ? line + 1 : place;
  const rest = text.slice(start, start + PASSAGE);
  const end = start + PASSAGE >= text.length ? rest.length : Math.max(rest.lastIndexOf(' '), rest.lastIndexOf('\n'));
  // Without a space (as in Chinese) it ends where it must, but not inside a surrogate pair.
  return wholeCharacters(end > PASSAGE / 2 ? rest.slice(0, end) : rest);
}

/** What a person wrote, as much of it as is shown. */
export const clipped = (text: string): string => wholeCharacters(text.slice(0, MOST_OWN));

const wholeCharacters = (text: string): string => text.replace(/^[\udc00-\udfff]|[\ud800-\udbff]$/g, '');

export type Tokenized =
  | { kind: 'tokenizing' }
  | { kind: 'tokenized'; passage: string; pieces: readonly TokenPiece[] }
  | { kind: 'failed'; failure: Failure };

/** The passage in tokens; while the next is being cut, the one before stays. */
export function useTokens(passage: string | undefined): Tokenized {
  const tokensOf = useStudio((s) => s.tokensOf);
  const tokenizer = useStudio((s) => s.project.tokenizer);
  const wanted = useDeferredValue(passage);
  const [result, setResult] = useState<Tokenized>({ kind: 'tokenizing' });
  useEffect(() => {
    if (wanted === undefined) return;
    let isWanted = true;
    tokensOf(wanted).then(
      (pieces) => isWanted && setResult({ kind: 'tokenized', passage: wanted, pieces }),
      (error: unknown) => isWanted && setResult({ kind: 'failed', failure: toFailure(error) }),
    );
    return () => {
      isWanted = false;
    };
  }, [wanted, tokensOf, tokenizer]);
  return result;
}
