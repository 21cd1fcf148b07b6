/** Words of a sample that the previous sample lacks. */

export interface SamplePiece {
  text: string;
  is: 'given' | 'made' | 'right' | 'wrong';
  wanted?: string;
  isLit?: boolean;
}

/** Highlights new words: generated words outside the longest common subsequence with the earlier sample's words. */
export function litPieces(earlier: readonly SamplePiece[], pieces: readonly SamplePiece[]): readonly SamplePiece[] {
  const common = commonWords(wordsOf(earlier), wordsOf(pieces));
  let word = 0;
  return pieces.flatMap((piece) => {
    if (piece.is === 'given') return [piece];
    const parts: SamplePiece[] = [];
    for (const [text] of piece.text.matchAll(PARTS)) {
      const isLit = text.trim() !== '' && !common[word++];
      const last = parts.at(-1);
      if (last && !isLit && !last.isLit) last.text += text;
      else parts.push({ text, is: piece.is, ...(isLit && { isLit }) });
    }
    const last = parts.at(-1) ?? { text: '', is: piece.is };
    return [...parts.slice(0, -1), piece.wanted === undefined ? last : { ...last, wanted: piece.wanted }];
  });
}

/** A word, or the whitespace between two. */
const PARTS = /\s+|\S+/g;

const wordsOf = (pieces: readonly SamplePiece[]): readonly string[] =>
  pieces.flatMap(({ text, is }) => (is === 'given' ? [] : (text.match(/\S+/g) ?? [])));

/** For each word of `now`, whether it belongs to the longest common subsequence with `earlier`. */
function commonWords(earlier: readonly string[], now: readonly string[]): readonly boolean[] {
  // lengths[i][j]: length of the longest common subsequence of the words from earlier[i] and from now[j].
  const lengths = Array.from({ length: earlier.length + 1 }, () => new Uint16Array(now.length + 1));
  for (let i = earlier.length - 1; i >= 0; i--)
    for (let j = now.length - 1; j >= 0; j--)
      lengths[i]![j] =
        earlier[i] === now[j] ? lengths[i + 1]![j + 1]! + 1 : Math.max(lengths[i + 1]![j]!, lengths[i]![j + 1]!);
  const common = now.map(() => false);
  for (let i = 0, j = 0; i < earlier.length && j < now.length;)
    if (earlier[i] === now[j]) {
      common[j] = true;
      i++;
      j++;
    } else if (lengths[i + 1]![j]! >= lengths[i]![j + 1]!) i++;
    else j++;
  return common;
}
