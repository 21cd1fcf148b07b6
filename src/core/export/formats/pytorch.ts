import { loaded } from '../../base/load';
import { chosenLabels } from '../../base/field';
import { modelSpec } from '../../models';
import { objectiveOf } from '../../objectives';
import { optimizerOf } from '../../optim';
import { idBytes } from '../../shards/ids';
import { BOUND_OF_F32, readers } from '../../verify/check';
import { F32, type Format, tellingBytes, tokenizerProblem } from '../format';
import { hubProblem } from './huggingFace';

/**
 * The run, handed over to PyTorch: `train.py` continues it from this step, on one GPU or many. `model/` is a Hugging Face
 * folder with the optimizer's moments, `data/` the tokenised text as nanoGPT lays it out.
 */
export const pytorch: Format = {
  card: {
    name: 'Cluster hand-over',
    purpose: 'Go on training on bigger machines',
    opensIn: 'PyTorch, one script; it goes on from this step',
    holds: 'zip: weights, optimizer’s state, tokens, train.py',
  },
  precision: F32,
  kind: 'folder',
  moments: 'always',
  problem: ({ model: choice, recipe, tokenizer, trainable }) => {
    const { label: architecture, pytorch: model, huggingFace: named } = modelSpec(choice.id);
    if (!model || !named) return `A ${architecture} model cannot be handed over to PyTorch`;
    const unknown = hubProblem({ model: choice });
    if (unknown !== null) return unknown;
    if (choice.config.classes)
      return 'train.py knows how to learn the next token alone, and this model tells texts apart by its labels';
    const learnt = objectiveOf(recipe.objective);
    if (!learnt.inPytorch?.(recipe)) {
      const how = [learnt.label, ...chosenLabels(learnt.fields, recipe)].join(', ').toLowerCase();
      return `train.py knows how to learn the next token of one stream of text alone, and this run learns otherwise: ${how}`;
    }
    if (trainable) return 'train.py goes on with all of a model, and of this one a part or an adapter learns';
    if (recipe.replay > 0) return 'train.py learns from one text, and this run replays old text besides';
    const { label, torch } = optimizerOf(recipe.optimizer);
    const other = tokenizerProblem('What cuts text there (prepare.py)', tokenizer);
    return torch ? other : `PyTorch has no optimizer that goes on from what ${label} remembers`;
  },
  bytes: (known) => SCRIPTS + tellingBytes(known) + known.saved + known.tokens * idBytes(known.model.vocabulary),
  async files(exported, options) {
    const { pytorchFiles } = await loaded('The writer of hand-overs', import('../pytorch'));
    return pytorchFiles(exported, options);
  },
  check: { engine: 'page', opens: async (file) => (await readers()).readFolder(file, 'model/'), bound: BOUND_OF_F32 },
};

/** Bytes of what is carried along. */
const SCRIPTS = 50_000;
