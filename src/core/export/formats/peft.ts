import { loaded } from '../../base/load';
import { adapterBytes, F32, type Format, type FormatSettings } from '../format';
import { FOLDER, hubProblem } from './huggingFace';

/** @returns why there is no adapter to be written apart, in one sentence; null where there is one */
export const adapterProblem = ({ trainable }: Pick<FormatSettings, 'trainable'>): string | null =>
  trainable?.adapter ? null : 'This model has learnt no adapter';

/** Its head is learnt anew, and is no part of a base: without it an adapter says nothing. */
const headProblem = ({ model }: Pick<FormatSettings, 'model'>): string | null =>
  model.config.classes
    ? 'The adapter of a classifier is nothing without its head, which no base has: the Hugging Face folder holds both in one'
    : null;

/** What an adapter has learnt, without the base that it was learnt beside. */
export const peft: Format = {
  card: {
    name: 'PEFT adapter',
    purpose: 'Use it beside the base in Python',
    opensIn: 'peft, beside its base',
    holds: 'zip, without the base',
    onCard: {
      card: FOLDER,
      action: 'Download the adapter alone, for PEFT',
      text: 'Adapter alone',
      hint: 'for peft, beside its base',
    },
  },
  precision: F32,
  kind: 'folder',
  moments: 'always',
  problem: (settings) => adapterProblem(settings) ?? headProblem(settings) ?? hubProblem(settings),
  bytes: adapterBytes,
  async files(exported) {
    const { apart, peftFiles } = await loaded('The writer of adapters', import('../peft'));
    return peftFiles(exported, apart(exported));
  },
  check: null,
};
