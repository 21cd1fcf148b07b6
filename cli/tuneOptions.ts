/** The flags of `tune`: those of `grow`, and what is its own. */
import { MOST_HELD } from '../src/core/documents/split';
import { OPTIONS, VALIDATION_SHARE } from './growOptions';
import { RESTS } from '../src/core/models/spec';
import { ADAPTER, LEARNS } from './tuneFlags';

const { resume: _, from: __, out: ___, ...grows } = OPTIONS;

export const TUNE_OPTIONS = {
  kind: {
    kind: 'choice',
    of: ['adapt', 'instruct'],
    help: 'To what end',
    choices: ['adapt: to text of a kind that it has seen little of', 'instruct: to answer, as chats or pairs do'],
  },
  from: { kind: 'text', help: 'Folder, zip or GGUF file of the model, whoever made it' },
  chats: {
    kind: 'texts',
    otherwise: 'none',
    help: 'To instruct, conversations a row each (JSON Lines or a list): as OpenAI, ShareGPT or Alpaca have them; --pairs takes two columns of a table',
  },
  template: {
    kind: 'text',
    otherwise: 'the one that comes with the tokenizer, or what its special tokens allow',
    help: 'A file of how a conversation is written, in Jinja; it goes with the model',
  },
  adapter: { kind: 'text', otherwise: 'none', help: ADAPTER },
  learns: { kind: 'text', initial: 'all', help: LEARNS },
  rest: {
    kind: 'choice',
    of: RESTS,
    initial: 'f32',
    help: 'How matrices rest that do not learn: in f16 they take half of the memory, in q8 (8 bits, 32 to a scale) little more than a quarter, and are rounded',
  },
  old: {
    kind: 'texts',
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
  out: { kind: 'text', help: 'Folder to write the model to' },
} as const;
