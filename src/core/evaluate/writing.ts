/** How a model is let write freely. No TensorFlow.js. */

/**
 * Beginnings of passages that were held out, from each of which it goes on, each token drawn as it says (temperature 1). Both
 * ends are few enough for a processor.
 */
export const WRITING = { texts: 16, beginning: 16, tokens: 64, bytes: 200 } as const;

/** Which texts they are. */
export const writingWords = (): string => {
  const { texts, beginning, tokens, bytes } = WRITING;
  return `Generated: ${texts} texts of ${tokens} tokens or ${bytes} bytes at temperature 1, each after ${beginning} tokens of the evaluated text, next to its original continuation.`;
};
