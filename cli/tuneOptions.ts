/** The flags of `tune`: those of `grow` and its own. */
import { ENCODING } from './encoding';
import { OPTIONS } from './growOptions';
import { BETWEEN } from '../src/core/documents';
import { POOLINGS, FROZEN_DTYPES } from '../src/core/models/spec';
import { PURPOSES } from '../src/core/runs/tuning';
import { withoutColumns } from './options';
import { ADAPTER, adapterPath, LEARNS } from './tuneFlags';

const { resume: _, from: __, out: ___, settings: ____, ...grows } = OPTIONS;

export const TUNE_OPTIONS = {
  kind: {
    kind: 'choice',
    of: PURPOSES,
    help: 'Purpose',
    choices: ['Adapt to a new kind of text', 'Answer, from chats or pairs', 'Predict the label of a text'],
  },
  from: {
    kind: 'text',
    path: 'reads',
    otherwise: 'with --kind classify a new model: a small BERT, or set by the size and tokenizer flags',
    help: 'Folder, zip or GGUF file of the base, yours or external',
  },
  table: {
    kind: 'texts',
    path: 'reads',
    pathIn: withoutColumns,
    otherwise: 'none',
    help: 'For classify, labeled texts: tables, FILE.csv or FILE.csv:text=COLUMN,label=COLUMN (text=SUBJECT+BODY joins columns), or a folder with a subfolder per label',
  },
  corrections: {
    kind: 'texts',
    path: 'reads',
    pathIn: withoutColumns,
    otherwise: 'none',
    help: 'For classify, labeled texts like those of --table, all for training: none is held out',
  },
  several: {
    kind: 'choice',
    of: BETWEEN,
    alone: '|',
    otherwise: 'a text has one label',
    help: 'For classify: several labels per text; the separator in a cell',
  },
  unlabeled: {
    kind: 'choice',
    of: ['none', 'left-out'],
    otherwise: 'an error if a text has no label',
    help: 'For classify with --several: texts without a label have none of them, or are not labeled yet and left out',
  },
  encoding: { ...ENCODING, help: `For classify: ${ENCODING.help}` },
  merge: { kind: 'switch', help: 'For classify: merge labels with similar names, such as Spam and "spam "' },
  'min-texts': {
    kind: 'whole',
    min: 1,
    max: 1e6,
    otherwise: 'a label of one text raises an error',
    help: 'For classify: drop labels with fewer texts',
  },
  pooling: {
    kind: 'choice',
    of: POOLINGS,
    otherwise: 'first for an encoder, last for a decoder',
    help: 'For classify: pooling over the first token, the mean of all, or the last',
  },
  'long-texts': {
    kind: 'choice',
    of: ['cut', 'windows'],
    initial: 'cut',
    help: 'For classify: truncate texts longer than the context, or average the scores of windows',
  },
  chats: {
    kind: 'texts',
    path: 'reads',
    otherwise: 'none',
    help: 'For instruct, one conversation per row (JSON Lines or a list) in OpenAI, ShareGPT or Alpaca format; --pairs uses two columns of a table',
  },
  template: {
    kind: 'text',
    path: 'reads',
    otherwise: "the tokenizer's own, or one for its special tokens",
    help: 'Chat template in Jinja; saved with the model',
  },
  adapter: { kind: 'text', path: 'reads', pathIn: adapterPath, otherwise: 'none', help: ADAPTER },
  learns: { kind: 'text', path: 'none', initial: 'all', help: LEARNS },
  'frozen-dtype': {
    kind: 'choice',
    of: FROZEN_DTYPES,
    initial: 'f32',
    help: 'Frozen-weight precision: f16 halves the memory; q8 (8 bits, a scale per 32) needs about a quarter, with rounding',
  },
  old: {
    kind: 'texts',
    path: 'reads',
    otherwise: "the validation set of --from, if its texts haven't moved",
    help: "Text like the base's training text, to measure forgetting",
  },
  ...grows,
  out: { kind: 'text', path: 'writes', help: 'Folder to save the model to' },
} as const;
