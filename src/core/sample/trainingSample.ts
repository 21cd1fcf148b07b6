/** How a model samples while it trains: with the same random number for each position, and few new words where it changed little. No TensorFlow.js. */
export const TRAINING_SAMPLE = {
  temperature: 0.8,
  topK: 0,
  topP: 1,
  isDrawnById: true,
  seed: 0,
  length: 80,
} as const;
