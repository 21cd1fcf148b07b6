import { loaded } from '../../../base/load';
import { chosenLabels } from '../../../base/field';
import { modelSpec } from '../../../models';
import { hubProblem } from '../../../models/folderFormat';
import { objectiveOf } from '../../../objectives';
import { optimizerOf } from '../../../optim';
import { idBytes } from '../../../shards/ids';
import { BOUND_OF_F32, readers } from '../../../verify/check';
import { F32, type Format, tellingBytes, tokenizerProblem } from '../../format';

/**
 * PyTorch export of a run: `train.py` resumes training from this step, on one GPU or many. `model/` is a Hugging Face
 * folder with the optimizer's moments, `data/` the tokenized text in nanoGPT's layout.
 */
export const pytorch: Format = {
  card: {
    name: 'PyTorch bundle',
    purpose: 'Continue training on a cluster',
    icon: 'grid',
    opensIn: 'PyTorch, from this step on',
    holds: 'zip with weights, optimizer state, tokens and train.py',
  },
  precision: F32,
  kind: 'folder',
  moments: 'always',
  problem: ({ model: choice, recipe, tokenizer, trainable }) => {
    const { label: architecture, pytorch: model, huggingFace: named } = modelSpec(choice.id);
    if (!model || !named) return `The PyTorch bundle doesn’t support ${architecture} models`;
    const unknown = hubProblem(choice);
    if (unknown !== null) return unknown;
    if (choice.config.classes) return 'train.py supports only next-token prediction, and this model is a classifier';
    const trained = objectiveOf(recipe.objective);
    if (!trained.inPytorch?.(recipe)) {
      const how = [trained.label, ...chosenLabels(trained.fields, recipe)].join(', ').toLowerCase();
      return `train.py supports only next-token prediction. This run’s objective: ${how}`;
    }
    if (trainable) return 'train.py trains all weights, and this run trains only some of them or an adapter';
    if (recipe.replay > 0) return 'train.py doesn’t support replayed text';
    const { label, torch } = optimizerOf(recipe.optimizer);
    const other = tokenizerProblem('prepare.py', tokenizer);
    return torch ? other : `PyTorch has no optimizer that can continue from the state of ${label}`;
  },
  bytes: (known) => SCRIPTS + tellingBytes(known) + known.saved + known.tokens * idBytes(known.model.vocabulary),
  async files(exported, options) {
    const { pytorchFiles } = await loaded('The PyTorch exporter', import('./write'));
    return pytorchFiles(exported, options);
  },
  secondReader: 'bundle',
  check: { engine: 'page', opens: async (file) => (await readers()).readFolder(file, 'model/'), bound: BOUND_OF_F32 },
};

/** Bytes of the included scripts. */
const SCRIPTS = 50_000;
