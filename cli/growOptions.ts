/** The flags of `grow`. */
import { ASSUMED_PRICE } from '../src/core/train/energy';
import { MOST_HELD } from '../src/core/documents/split';
import { FIRST_MODEL, modelIds } from '../src/core/models';
import { type ObjectiveId, OBJECTIVES, objectiveWords } from '../src/core/objectives';
import { DEFAULT_RECIPE, RECIPE, RECOMPUTE_CHOICES } from '../src/core/train/recipe';
import { SKIP_BAD_ROWS } from './badRows';
import { flagsOf } from './fields';
import { rateFlag } from './learningRate';
import { MOST_MINUTES } from './minutes';
import { withoutColumns } from './options';
import { ownRecipe } from './recipe';
import { architectureWords, sizeFlags } from './sizeFlags';
import { DEVICES } from './terminal';
import { SPECIAL, TOKENIZERS } from './tokenizerFlags';

/** Of each text, held out at its end, before what is for a test. */
export const VALIDATION_SHARE = 0.1;
export const OPTIONS = {
  text: {
    kind: 'texts',
    path: 'reads',
    otherwise: 'with --resume those of its run',
    help: 'Text files to learn from; of a run that goes on also a folder of them',
  },
  pairs: {
    kind: 'texts',
    path: 'reads',
    pathIn: withoutColumns,
    otherwise: 'all of each text is learnt',
    help: 'In place of --text, tables (CSV, TSV, JSON, JSON Lines, Excel workbooks, Parquet) of which each row is an input and its target: FILE.csv, or FILE.csv:input=COLUMN,target=COLUMN where they are not called so and not the first two; the objective is then pairs',
  },
  data: {
    kind: 'text',
    path: 'reads',
    otherwise: 'the files are read as they lie',
    help: 'In place of --text, a folder of documents that prepare has written; where all are pairs, the objective is pairs',
  },
  'skip-bad-rows': SKIP_BAD_ROWS,
  resume: {
    kind: 'text',
    path: 'resumes',
    otherwise: 'a new run',
    help: 'Folder of a run to go on with, by its own settings and texts',
  },
  from: {
    kind: 'text',
    path: 'reads',
    otherwise: 'weights that are drawn',
    help: 'Folder, zip or GGUF file of a model to train on from, whoever made it: its sizes and its tokenizer are kept, and --context may be fewer',
  },
  recipe: {
    kind: 'text',
    path: 'reads',
    pathIn: ownRecipe,
    initial: 'none',
    help: 'What cleans the text before it is learnt: none, recommended (a short and safe recipe), or the file of a recipe; rules that normalise, such as lower case, become part of the tokenizer. Files are cleaned together and are one text, as a drop in the app is. It is written beside the model',
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
  objective: {
    kind: 'choice',
    of: Object.keys(OBJECTIVES) as ObjectiveId[],
    otherwise: 'what the architecture usually learns',
    help: 'What it learns',
    choices: objectiveWords(),
  },
  'batch-tokens': {
    kind: 'whole',
    min: 1,
    max: 1e9,
    otherwise: 'as --batch and --accumulate say',
    help: 'Tokens that an update learns from, in place of --batch and --accumulate: rows of the context, in as few micro-batches as the memory holds',
  },
  'learning-rate': rateFlag(),
  recompute: {
    kind: 'choice',
    of: RECOMPUTE_CHOICES,
    initial: 'auto',
    alone: 'on',
    help: 'Compute blocks again in the backward pass: a third slower, in less memory; auto does where the plan takes more than half of the memory',
  },
  memory: { kind: 'real', min: 0, max: 4096, initial: 0, help: 'GB that a run may take; 0 for what the device tells' },
  minutes: {
    kind: 'real',
    min: 0.001,
    max: MOST_MINUTES,
    otherwise: 'as long as the steps take',
    help: 'Minutes from the start of the command to its end: instead of --steps, as many as are measured to fit; without a tokenizer, sizes and batch, these are planned for the text, the device and the time',
  },
  watts: {
    kind: 'real',
    min: 0,
    max: 1e5,
    otherwise: 'as is assumed of the device',
    help: 'What the machine takes while it trains: the plan tells watt-hours by it',
  },
  price: { kind: 'real', min: 0, max: 1e6, initial: ASSUMED_PRICE, help: 'Of a kilowatt-hour, in any currency' },
  warmup: {
    kind: 'whole',
    min: RECIPE.warmup.min,
    max: RECIPE.warmup.max,
    help: 'Steps in which the learning rate rises',
    otherwise: `${DEFAULT_RECIPE.warmup}, or a tenth of the steps where those are few,`,
  },
  device: {
    kind: 'choice',
    of: DEVICES,
    initial: 'auto',
    help: 'Where it runs; auto is a GPU where there is one, else what is faster of wasm and a software adapter',
  },
  'test-share': {
    kind: 'real',
    min: 0,
    max: MOST_HELD - VALIDATION_SHARE,
    initial: 0,
    help: 'Share of each text, at its end, that is held out for a test: no step and no evaluation of the run sees it',
  },
  out: { kind: 'text', path: 'writes', otherwise: 'with --resume that folder', help: 'Folder to write the model to' },
  json: { kind: 'switch', help: 'One object a line: evaluations, then the result or the error' },
} as const;
