/** Samples of a model: generated text, a passage with filled blanks, or an answer to an input. */
import { z } from '../base/zod';

/** A part with `wanted` is a blank that the model filled with `text`. `wanted` is the original; null if unknown. */
const filled = z.object({
  kind: z.literal('filled'),
  parts: z.array(z.object({ text: z.string(), wanted: z.string().nullable().exactOptional() })),
});
/**
 * `wanted`: target in the data; absent if a person asked. `confidence`: probability of the given label, 0 to 1; absent
 * if a text may have several labels, and in journals of older builds.
 */
const answered = z.object({
  kind: z.literal('answered'),
  input: z.string(),
  wanted: z.string().exactOptional(),
  given: z.string(),
  confidence: z.number().min(0).max(1).exactOptional(),
});
/** Stored form: a string is generated text, the only form of older builds; a list has answers to several inputs. */
export const shownSchema = z.union([z.string(), filled, answered, z.array(answered).readonly()]);

export type Filled = z.infer<typeof filled>;
export type FilledPart = Filled['parts'][number];
export type Answered = z.infer<typeof answered>;
export type Shown = string | Filled | Answered | readonly Answered[];

/** Piece of a sample to display: the model's input or output; `wanted` is the target if the output differs. */
export interface Piece {
  text: string;
  is: 'given' | 'made' | 'right' | 'wrong';
  wanted?: string;
}

/** Removes undecodable bytes and control characters. */
export const drawn = (text: string): string => text.replaceAll(/[\ufffd\0-\x08\x0b-\x1f\x7f-\x9f]/g, '');

export function piecesOf(shown: Shown, prompt: string): readonly Piece[] {
  return rawPieces(shown, prompt).map((piece) => ({ ...piece, text: drawn(piece.text) }));
}

function rawPieces(shown: Shown, prompt: string): readonly Piece[] {
  if (typeof shown === 'string') {
    if (!shown.startsWith(prompt)) return [{ text: shown, is: 'made' }];
    const rest = shown.slice(prompt.length);
    return [{ text: prompt, is: 'given' }, ...(rest === '' ? [] : [{ text: rest, is: 'made' } as const])];
  }
  if ('length' in shown)
    return shown.flatMap((each, i) => [
      ...(i > 0 ? [{ text: '\n', is: 'given' } as const] : []),
      ...rawPieces(each, prompt),
    ]);
  switch (shown.kind) {
    case 'filled':
      return shown.parts.map(({ text, wanted }) => (wanted === undefined ? { text, is: 'given' } : made(text, wanted)));
    case 'answered':
      return [{ text: `${shown.input} → `, is: 'given' }, made(shown.given, shown.wanted ?? null)];
  }
}

function made(text: string, wanted: string | null): Piece {
  if (wanted === null) return { text, is: 'made' };
  return text === wanted ? { text, is: 'right' } : { text, is: 'wrong', wanted: wanted.trim() };
}
