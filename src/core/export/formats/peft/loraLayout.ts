/** Layouts of LoRA weights in other libraries: two low-rank matrices for each of their matrices. */
import { adapterTensorName } from '../../../adapters/trainable';
import type { Layout, Piece } from '../../../models/layout';

/** Suffixes of our names: A [in, rank] and B [rank, out]. */
export const DOWN = 'lora_A.weight';
export const UP = 'lora_B.weight';

export interface NarrowPieces {
  /** One of their matrices. */
  target: Piece;
  /** The matrix's LoRA pair in their layout: [rank, in], and [out, rank] with rows in the order of the matrix's. */
  down: Piece;
  up: Piece;
}

/**
 * Splits the LoRA pair of a matrix of ours that fuses several of theirs. Each of theirs gets all of A, and its own
 * columns of B, so the function stays the same.
 * @param layout of the model's own weights.
 * @param targets our target weights.
 * @param names their names of the pair for a weight
 */
export const narrowPieces = (
  layout: Layout,
  targets: readonly string[],
  names: (theirs: string) => readonly [down: string, up: string],
): readonly NarrowPieces[] =>
  layout
    .filter(({ of }) => targets.includes(of))
    .map((piece) => {
      const { of, rows, columns, pairedHeads } = piece;
      const [down, up] = names(piece.name);
      return {
        target: piece,
        down: { name: down, of: adapterTensorName(of, DOWN), transposed: true, ...(rows && { rows }) },
        up: {
          ...{ name: up, of: adapterTensorName(of, UP), transposed: true },
          ...(columns && { columns }),
          ...(pairedHeads && { pairedHeads }),
        },
      };
    });

export const layoutOf = (pieces: readonly NarrowPieces[]): Layout => pieces.flatMap(({ down, up }) => [down, up]);

/** PEFT's names for a weight, such as transformers' `model.layers.0.self_attn.q_proj.weight`. */
export const peftNames = (theirs: string): readonly [down: string, up: string] => {
  const layer = `${PEFT_MODEL}${theirs.replace(/weight$/, '')}`;
  return [layer + DOWN, layer + UP];
};
/** Prefix of PEFT's wrapper (peft/utils/save_and_load.py). */
export const PEFT_MODEL = 'base_model.model.';
