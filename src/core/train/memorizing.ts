/** Detects memorization of the training text. Losses are in nats per token. */

/** Gap between validation and training loss above which a model starts to memorize. */
export const MEMORIZING_GAP = 0.3;
/** Gap above which more text helps and more steps hardly do. */
export const TOO_MUCH_GAP = 1;

/**
 * Validation loss minus training loss, if the model starts to memorize; else undefined. The training loss must also be below
 * that of a unigram model (or of a uniform guess): at a high learning rate losses jump, which leaves gaps too.
 * @param baselines from the weakest
 */
export function memorizingGap(
  loss: number,
  trained: number | undefined,
  baselines: readonly { loss: number }[],
): number | undefined {
  const simplest = baselines[1] ?? baselines[0];
  if (trained === undefined || (simplest && trained >= simplest.loss)) return undefined;
  return loss - trained > MEMORIZING_GAP ? loss - trained : undefined;
}

/** `Training text is 0.5 nats easier than new text` */
export const gapWords = (gap: number): string => `Training text is ${gap.toFixed(1)} nats easier than new text`;
