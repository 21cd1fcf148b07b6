import { badSettings } from '../../base/errors';
import { loaded } from '../../base/load';
import { F32, type Format, type FormatSettings } from '../format';
import { FOLDER, hubProblem } from './huggingFace';

/** @returns why there is no adapter to be written apart, in one sentence; null where there is one */
export const adapterProblem = ({ trainable }: Pick<FormatSettings, 'trainable'>): string | null =>
  trainable?.adapter ? null : 'This model has learnt no adapter that could be written apart from it';

/** Where the files of a model have only what is merged. */
export const notApart = (name: string) =>
  badSettings(
    `What the adapter of ${name} has learnt is not in its files apart from its weights.`,
    'Nothing was written. Take the folder that tune has written: its adapter/ has it.',
  );

/** What an adapter has learnt, without the base that it was learnt beside. */
export const peft: Format = {
  card: {
    name: 'PEFT adapter',
    purpose: 'Use it beside the base in Python',
    opensIn: 'peft, beside its base',
    holds: 'zip: adapter_config.json, adapter_model.safetensors',
    opening:
      'What its adapter has learnt lies apart in `adapter/` of the Hugging Face folder: peft loads it beside the base.',
    onCard: {
      card: FOLDER,
      action: 'Download the adapter alone, as PEFT has it',
      text: 'Adapter alone',
      hint: 'for peft, beside its base',
    },
  },
  precision: F32,
  kind: 'folder',
  moments: 'always',
  problem: (settings) => adapterProblem(settings) ?? hubProblem(settings),
  async files(exported) {
    const { learntApart, peftFiles } = await loaded('The writer of adapters', import('../peft'));
    const adapter = learntApart(exported);
    if (!adapter) throw notApart(exported.name);
    return peftFiles(exported, adapter);
  },
  check: null,
};
