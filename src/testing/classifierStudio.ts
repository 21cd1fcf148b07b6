/** A studio set to train small classifiers without a base, over the real halves of workers. */
import { onTestFinished } from 'vitest';
import { questionOf } from '../state/markup';
import { type BlobStore, memoryStore } from '../core/base/blobStore';
import { testStudio } from './behindChannels';
import { labeledFile } from './labeledRuns';

const COLUMNS = { text: 'text', label: 'label' };
export const SIZES = { layers: 1, heads: 2, width: 16, hidden: 32, context: 32 };

export async function classifierStudio(store: BlobStore = memoryStore()) {
  const { studio: zustand, close, downloads } = testStudio(store);
  onTestFinished(close);
  const { getState } = zustand;
  await getState().load();
  const { project, setTuning } = getState();
  getState().change({
    model: { ...project.model, config: { ...project.model.config, ...SIZES } },
  });
  const { classify } = project.tuning;
  setTuning({
    purpose: 'classify',
    classify: {
      ...classify,
      pooling: 'mean',
      passes: 12,
      tokenizer: { kind: 'bytes', vocabulary: 257 },
      recipe: { ...classify.recipe, batch: 8, learningRate: 0.02, dropout: 0 },
      rateByHand: true,
    },
  });
  const add = async (rows: readonly (readonly string[])[], name?: string, between?: '|') => {
    const file = labeledFile(rows, name);
    await getState().addFiles([{ name: file.name, file }], 'classify');
    const questions = questionOf(getState());
    if (questions.length !== 1) throw new Error('The columns of a table were not asked for');
    await getState().addTables(questions, COLUMNS, between);
  };
  return { store, studio: zustand, getState, add, downloads, own: await getState().classifying() };
}
