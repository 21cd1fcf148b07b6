/** Playground text by kind of model. */
import { countBlanks } from '../../core/tokenizer/passage';
import { isChatting, playgroundKind, type PlaygroundKind, promptOf } from '../../state/playground';
import type { Studio } from '../../state/slices/studio';

interface Words {
  /** Label of the button. */
  act: string;
  /** Progress label. */
  acting: string;
  /** Shown without a model. */
  summary: string;
  /** Shown before there is output. */
  nothing: string;
}

export const KINDS: Readonly<Record<PlaygroundKind, Words>> = {
  decoder: {
    act: 'Write',
    acting: 'Writing',
    summary: 'Give the model a prompt to continue',
    nothing: 'The generated text appears here',
  },
  encoder: {
    act: 'Fill',
    acting: 'Filling',
    summary: 'Give the model a passage with blanks to fill',
    nothing: 'The filled passage appears here',
  },
  'encoder-decoder': {
    act: 'Answer',
    acting: 'Answering',
    summary: 'Give the model an input to answer',
    nothing: 'The answer appears here',
  },
  classifier: {
    act: 'Classify text',
    acting: 'Classifying',
    summary: 'Give the classifier a text to label',
    nothing: 'The label appears here, with the words that changed the answer',
  },
};

/** Returns the input that the model needs first; undefined if nothing is missing. */
export function lackingWords(s: Studio): string | undefined {
  const text = promptOf(s);
  if (isChatting(s)) return text.trim() === '' ? 'Type a message first' : undefined;
  switch (playgroundKind(s)) {
    case 'decoder':
      return undefined; // It can write without a prompt.
    case 'encoder':
      return countBlanks(text) === 0 ? 'Type ___ for a blank first' : undefined;
    case 'encoder-decoder':
      return text === '' ? 'Type an input first' : undefined;
    case 'classifier':
      return text.trim() === '' ? 'Type a text first' : undefined;
    default:
      return undefined;
  }
}

/** A chat uses the text of a sequence-to-sequence model. */
export const wordsOf = (s: Studio): Words => KINDS[isChatting(s) ? 'encoder-decoder' : playgroundKind(s)];
