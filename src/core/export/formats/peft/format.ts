import { loaded } from '../../../base/load';
import { adapterBytes, F32, type Format } from '../../format';
import type { FormatSettings } from '../../formatSettings';
import { hubProblem } from '../../../models/folderFormat';
import { FOLDER } from '../huggingFace/format';

/** Reason why there is no adapter to export, in one sentence; null if there is one. */
export const adapterProblem = ({ trainable }: Pick<FormatSettings, 'trainable'>): string | null =>
  trainable?.adapter ? null : 'This model has no adapter';

/** Reason why a classifier has no PEFT adapter: its head is newly trained and no base has it. */
const headProblem = ({ model }: Pick<FormatSettings, 'model'>): string | null =>
  model.config.classes
    ? 'A classifier’s adapter needs its head, which no base model has. The Hugging Face folder contains both'
    : null;

/** The adapter's weights without the base weights. */
export const peft: Format = {
  card: {
    name: 'PEFT adapter',
    purpose: 'Apply the adapter to its base in Python',
    opensIn: 'peft, with the base model',
    holds: 'zip without the base model',
    onCard: {
      card: FOLDER,
      action: 'Download adapter for PEFT',
      text: 'Adapter only',
      hint: 'for peft, with the base model',
    },
  },
  precision: F32,
  kind: 'folder',
  moments: 'always',
  problem: (settings) => adapterProblem(settings) ?? headProblem(settings) ?? hubProblem(settings.model),
  bytes: adapterBytes,
  async files(exported) {
    const { apart, peftFiles } = await loaded('The adapter exporter', import('./write'));
    return peftFiles(exported, apart(exported));
  },
  secondReader: 'adapter',
  check: null,
};
