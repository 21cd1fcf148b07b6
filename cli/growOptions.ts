/** The flags of `grow`. */
import { ASSUMED_PRICE } from '../src/core/train/energy';
import { checkSplit, MAX_HELD_OUT_SHARE, type SplitChoice } from '../src/core/documents/split';
import { FIRST_MODEL, modelIds } from '../src/core/models';
import { type ObjectiveId, OBJECTIVES, objectiveWords } from '../src/core/objectives';
import { DEFAULT_RECIPE, RECIPE, RECOMPUTE_CHOICES } from '../src/core/train/recipe';
import { SKIP_BAD_ROWS } from './badRows';
import { flagsOf, helpOf } from './fields';
import { MAX_MINUTES } from '../node/runs/timeBudget';
import { type Values, withoutColumns } from './options';
import { recipePath } from '../node/folders/recipe';
import { architectureWords, sizeFlags } from './sizeFlags';
import { DEVICES } from './terminal';
import { SPECIAL, TOKENIZERS } from './tokenizerFlags';

/** Default share of the validation set. */
const VALIDATION_SHARE = 0.1;
export const OPTIONS = {
  text: {
    kind: 'texts',
    path: 'reads',
    otherwise: 'with --resume, those of the run',
    help: 'Text files to train on; with --resume also a folder of them',
  },
  pairs: {
    kind: 'texts',
    path: 'reads',
    pathIn: withoutColumns,
    otherwise: 'the whole text is trained on',
    help: "Instead of --text, tables (CSV, TSV, JSON, JSON Lines, Excel, Parquet) with an input and a target per row: FILE.csv, or FILE.csv:input=COLUMN,target=COLUMN if they have other names and aren't the first two; sets the objective to pairs",
  },
  data: {
    kind: 'text',
    path: 'reads',
    otherwise: 'the files are read directly',
    help: 'Instead of --text, a folder from prepare; if all rows are pairs, the objective is pairs',
  },
  'skip-bad-rows': SKIP_BAD_ROWS,
  resume: {
    kind: 'text',
    path: 'resumes',
    otherwise: 'a new run',
    help: 'Folder of a run to continue, with its settings and texts',
  },
  settings: {
    kind: 'text',
    path: 'none',
    otherwise: 'none',
    help: 'Settings of another run: a link copied in the app, or a line of runs --settings; other flags replace its values',
  },
  from: {
    kind: 'text',
    path: 'reads',
    otherwise: 'random weights',
    help: 'Folder, zip or GGUF file of a model to continue from, yours or external: keeps its sizes and tokenizer; --context may be shorter',
  },
  recipe: {
    kind: 'text',
    path: 'reads',
    pathIn: recipePath,
    initial: 'none',
    help: 'Cleaning recipe: none, recommended (short and safe), or a recipe file; normalizing rules, such as lower case, become part of the tokenizer. All files are cleaned as one text. The recipe is saved with the model',
  },
  tokenizer: { kind: 'text', path: 'none', initial: 'characters', help: TOKENIZERS },
  special: { kind: 'text', path: 'none', initial: '', help: SPECIAL },
  model: {
    kind: 'choice',
    of: modelIds(),
    initial: FIRST_MODEL,
    help: 'Architecture',
    ...(modelIds().length > 1 && { choices: architectureWords() }),
  },
  ...sizeFlags(),
  ...flagsOf(RECIPE),
  'eval-every': {
    kind: 'whole',
    min: RECIPE.evalEvery.min,
    max: RECIPE.evalEvery.max,
    help: helpOf(RECIPE.evalEvery),
    otherwise: `${RECIPE.evalEvery.initial}; with --patience at most a tenth of the steps`,
  },
  objective: {
    kind: 'choice',
    of: Object.keys(OBJECTIVES) as ObjectiveId[],
    otherwise: 'set by the architecture',
    help: 'Training objective',
    choices: objectiveWords(),
  },
  'batch-tokens': {
    kind: 'whole',
    min: 1,
    max: 1e9,
    otherwise: 'set by --batch and --accumulate',
    help: 'Tokens per update, instead of --batch and --accumulate: rows of the context, in as few micro-batches as memory allows',
  },
  'learning-rate': {
    kind: 'real',
    min: RECIPE.learningRate.min,
    max: RECIPE.learningRate.max,
    help: `${helpOf(RECIPE.learningRate)}; other optimizers than ${DEFAULT_RECIPE.optimizer} have their own default`,
    otherwise: String(RECIPE.learningRate.initial),
  },
  recompute: {
    kind: 'choice',
    of: RECOMPUTE_CHOICES,
    initial: 'auto',
    alone: 'on',
    help: 'Recompute activations in the backward pass: a third slower, less memory; auto turns it on if the plan needs over half of the memory',
  },
  memory: {
    kind: 'real',
    min: 0,
    max: 4096,
    initial: 0,
    help: "Memory limit of the run in GB; 0 for the device's own limit",
  },
  minutes: {
    kind: 'real',
    min: 0.001,
    max: MAX_MINUTES,
    otherwise: 'no limit',
    help: 'Time budget in minutes, start to end, instead of --steps; without tokenizer, sizes and batch, plans them for the text, the device and the time',
  },
  watts: {
    kind: 'real',
    min: 0,
    max: 1e5,
    otherwise: 'an estimate for the device',
    help: 'Power of the machine during training in watts, for the energy estimate',
  },
  price: { kind: 'real', min: 0, max: 1e6, initial: ASSUMED_PRICE, help: 'Price of electricity in US dollars per kWh' },
  warmup: {
    kind: 'whole',
    min: RECIPE.warmup.min,
    max: RECIPE.warmup.max,
    help: 'Warm-up steps of the learning rate',
    otherwise: `${DEFAULT_RECIPE.warmup}, at most a tenth of the steps`,
  },
  device: {
    kind: 'choice',
    of: DEVICES,
    initial: 'auto',
    help: 'Device; auto uses a GPU if there is one, else the faster of wasm and a software adapter',
  },
  'held-out': {
    kind: 'real',
    min: 0.001,
    max: MAX_HELD_OUT_SHARE,
    initial: VALIDATION_SHARE,
    help: 'Validation set: share of the text, never trained on',
  },
  'split-seed': {
    kind: 'whole',
    min: 0,
    max: RECIPE.seed.max,
    initial: 0,
    help: 'Random seed of the split, if whole documents or rows are held out',
  },
  'test-share': {
    kind: 'real',
    min: 0,
    max: MAX_HELD_OUT_SHARE - VALIDATION_SHARE,
    initial: 0,
    help: 'Test set: share at the end of each text; no step or evaluation of the run uses it',
  },
  out: { kind: 'text', path: 'writes', otherwise: 'with --resume, that folder', help: 'Folder to save the model to' },
  json: { kind: 'switch', help: 'Print one JSON object per line: evaluations, then the result' },
} as const;

/** @throws HomegrownError `bad-settings` if the shares exceed what can be held out */
export function splitOf(options: Values<typeof OPTIONS>): SplitChoice {
  const split = { validation: options['held-out'], test: options['test-share'], seed: options['split-seed'] };
  checkSplit(split);
  return split;
}
