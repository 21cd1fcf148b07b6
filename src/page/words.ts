/** Words of the page, by what its model does with a text. */
import type { ModelKind } from '../core/models/spec';

interface Words {
  prompt: string;
  act: string;
  /** Action of the keyboard shortcut, for its hint: `writes`. */
  does: string;
  acting: string;
  reading: string;
  hint: string;
  result: string;
  nothing: string;
  notice: string;
  /** Message after the model has ended the text. */
  ended: string;
  /** Label of the second button once a text was written; absent if there is none. */
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
    nothing: 'The generated text appears here',
    notice: 'A machine wrote the text after your prompt. It may be false',
    ended: 'the model ended its text',
    more: 'Continue',
  },
  encoder: {
    prompt: 'Passage',
    act: 'Fill',
    does: 'fills',
    acting: 'Filling',
    reading: 'Reading the passage',
    hint: 'Write ___ or [MASK] for a blank',
    result: 'Text',
    nothing: 'The filled passage appears here',
    notice: 'A machine chose the words in the blanks. They may be wrong',
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
    nothing: 'The answer appears here',
    notice: 'A machine wrote the answer. It may be false',
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
    nothing: 'The label and its confidence appear here',
    notice: 'A machine chose the label. It may be wrong',
    ended: '',
  },
  chat: {
    prompt: 'Message',
    act: 'Answer',
    does: 'answers',
    acting: 'Answering',
    reading: 'Reading the messages',
    hint: '',
    result: 'Chat',
    nothing: 'Your messages and the answers appear here',
    notice: 'A machine wrote the answers. They may be false',
    ended: 'the model ended its turn',
    more: 'New chat',
  },
};
