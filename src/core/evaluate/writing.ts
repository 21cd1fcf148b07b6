/** Settings of sampled continuations. No TensorFlow.js. */

/** Held-out prompts, each continued by sampling at temperature 1; short enough for a CPU. */
export const WRITING = { texts: 16, beginning: 16, tokens: 64, bytes: 200 } as const;

/** Describes the generated texts in a sentence. */
export const writingWords = (): string => {
  const { texts, beginning, tokens, bytes } = WRITING;
  return `Generated: ${texts} texts of ${tokens} tokens or ${bytes} bytes at temperature 1, each after ${beginning} tokens of the evaluated text, next to its original continuation.`;
};
