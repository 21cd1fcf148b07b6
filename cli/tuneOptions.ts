/** The flags of `tune`: those of `grow`, and what is its own. */
import { MOST_HELD } from '../src/core/documents/split';
import { ENCODING } from './encoding';
import { OPTIONS, VALIDATION_SHARE } from './growOptions';
import { BETWEEN } from '../src/core/documents';
import { POOLINGS, RESTS } from '../src/core/models/spec';
import { withoutColumns } from './options';
import { ADAPTER, adapterPath, LEARNS } from './tuneFlags';

const { resume: _, from: __, out: ___, ...grows } = OPTIONS;

export const TUNE_OPTIONS = {
  kind: {
    kind: 'choice',
    of: ['adapt', 'instruct', 'classify'],
    help: 'To what end',
    choices: [
      'adapt: to text of a kind that it has seen little of',
      'instruct: to answer, as chats or pairs do',
      'classify: to say which label a text has',
    ],
  },
  from: {
    kind: 'text',
    path: 'reads',
    otherwise: 'with --kind classify a new model: a small BERT, or by the flags of its sizes and tokenizer',
    help: 'Folder, zip or GGUF file of the model, whoever made it',
  },
  table: {
    kind: 'texts',
    path: 'reads',
    pathIn: withoutColumns,
    otherwise: 'none',
    help: 'To classify, tables of texts with labels: FILE.csv, or FILE.csv:text=COLUMN,label=COLUMN (text=SUBJECT+BODY for several); or a folder in which each folder is called as the label of the texts in it',
  },
  several: {
    kind: 'choice',
    of: BETWEEN,
    alone: '|',
    otherwise: 'a text has one label',
    help: 'To classify: a text has any number of labels, and what stands between them in a cell',
  },
  unlabelled: {
    kind: 'choice',
    of: ['none', 'left-out'],
    otherwise: 'asked about',
    help: 'To classify, with --several: what texts without a label are, examples of none, or not labelled yet and so left out',
  },
  encoding: { ...ENCODING, help: `To classify: ${ENCODING.help}` },
  merge: { kind: 'switch', help: 'To classify: labels whose names read like one, such as Spam and "spam ", are one' },
  fewest: {
    kind: 'whole',
    min: 1,
    max: 1e6,
    otherwise: 'a label of one text is asked about',
    help: 'To classify: labels of fewer texts are left out',
  },
  pooling: {
    kind: 'choice',
    of: POOLINGS,
    otherwise: 'first of an encoder, last of a decoder',
    help: 'To classify: what of a text is scored, its first token, the mean of all, or its last',
  },
  'long-texts': {
    kind: 'choice',
    of: ['cut', 'windows'],
    initial: 'cut',
    help: 'To classify: what becomes of texts that are longer than the context; in windows all of them is read, and the scores averaged',
  },
  chats: {
    kind: 'texts',
    path: 'reads',
    otherwise: 'none',
    help: 'To instruct, conversations a row each (JSON Lines or a list): as OpenAI, ShareGPT or Alpaca have them; --pairs takes two columns of a table',
  },
  template: {
    kind: 'text',
    path: 'reads',
    otherwise: 'the one that comes with the tokenizer, or what its special tokens allow',
    help: 'A file of how a conversation is written, in Jinja; it goes with the model',
  },
  adapter: { kind: 'text', path: 'reads', pathIn: adapterPath, otherwise: 'none', help: ADAPTER },
  learns: { kind: 'text', path: 'none', initial: 'all', help: LEARNS },
  rest: {
    kind: 'choice',
    of: RESTS,
    initial: 'f32',
    help: 'How matrices rest that do not learn: in f16 they take half of the memory, in q8 (8 bits, 32 to a scale) little more than a quarter, and are rounded',
  },
  old: {
    kind: 'texts',
    path: 'reads',
    otherwise: 'what the run of --from has held out, where its texts lie as they lay',
    help: 'Text that the model had learnt, on which what it forgets is measured',
  },
  'held-out': {
    kind: 'real',
    min: 0.001,
    max: MOST_HELD,
    initial: VALIDATION_SHARE,
    help: 'Share of the text that is held out, and never learnt',
  },
  ...grows,
  out: { kind: 'text', path: 'writes', help: 'Folder to write the model to' },
} as const;
