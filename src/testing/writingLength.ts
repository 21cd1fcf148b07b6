/**
 * Limits how much models write in tests. By default a model writes 80 tokens at each evaluation of a run, and 1,024 at
 * one of a saved step. This took most of the time of unrelated tests.
 */

/** Sets lengths for the current test file. They still exceed the context of the smallest models. */
export async function limitWriting({ texts = 3, tokens = 20, sample = 9 } = {}): Promise<void> {
  // The setup reloads our modules for each file, so these must be the current file's.
  const { WRITING } = await import('../core/evaluate/writing');
  const { TRAINING_SAMPLE } = await import('../core/sample/trainingSample');
  Object.assign(WRITING, { texts, tokens });
  Object.assign(TRAINING_SAMPLE, { length: sample });
}
