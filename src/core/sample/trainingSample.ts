/** Settings of samples during training, drawn by id with a fixed seed, so that a small update changes few words. */
export const TRAINING_SAMPLE = {
  temperature: 0.8,
  topK: 0,
  topP: 1,
  isDrawnById: true,
  seed: 0,
  length: 80,
} as const;
