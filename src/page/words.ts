/** What the page says, by what its model does with a text. */
import type { ModelKind } from '../core/models/spec';

interface Words {
  prompt: string;
  act: string;
  /** What a key does, as its hint says it. */
  does: string;
  acting: string;
  reading: string;
  hint: string;
  result: string;
  nothing: string;
  notice: string;
  /** The model has ended what it writes. */
  ended: string;
  /** The other button, once something was written; none where there is nothing. */
  more?: string;
}

export const WORDS: Readonly<Record<ModelKind | 'chat' | 'classifier', Words>> = {
  decoder: {
    prompt: 'Prompt',
    act: 'Write',
    does: 'writes',
    acting: 'Writing',
    reading: 'Reading the prompt',
    hint: '',
    result: 'Text',
    nothing: 'What the model writes comes here, a token at a time',
    notice: 'What follows your prompt is written by a machine, and may be false',
    ended: 'the model ended its text',
    more: 'Go on',
  },
  encoder: {
    prompt: 'Passage',
    act: 'Fill',
    does: 'fills',
    acting: 'Filling',
    reading: 'Reading the passage',
    hint: 'Write ___ or [MASK] for a blank',
    result: 'Text',
    nothing: 'The passage comes here, with a word in each blank',
    notice: 'What stands in the blanks is chosen by a machine, and may be false',
    ended: '',
  },
  'encoder-decoder': {
    prompt: 'Input',
    act: 'Answer',
    does: 'answers',
    acting: 'Answering',
    reading: 'Reading the input',
    hint: '',
    result: 'Answer',
    nothing: 'What the model answers comes here, a token at a time',
    notice: 'The answer is written by a machine, and may be false',
    ended: 'the model ended its text',
  },
  classifier: {
    prompt: 'Text',
    act: 'Classify',
    does: 'classifies',
    acting: 'Classifying',
    reading: 'Reading the text',
    hint: '',
    result: 'Label',
    nothing: 'The label of the text comes here, and how sure the model is of it',
    notice: 'Labels are chosen by a machine, and may be wrong',
    ended: '',
  },
  chat: {
    prompt: 'Message',
    act: 'Answer',
    does: 'answers',
    acting: 'Answering',
    reading: 'Reading what was said',
    hint: '',
    result: 'Chat',
    nothing: 'What you say and what the model answers comes here',
    notice: 'The answers are written by a machine, and may be false',
    ended: 'the model ended its turn',
    more: 'New chat',
  },
};
