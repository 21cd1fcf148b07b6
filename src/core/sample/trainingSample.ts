/** How a model samples while it trains. No TensorFlow.js. */
export const TRAINING_SAMPLE = { temperature: 0.8, topK: 0, topP: 1, seed: 0, length: 80 } as const;
