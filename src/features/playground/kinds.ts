/** Playground text by kind of model. */
import { countBlanks } from '../../core/tokenizer/passage';
import { isChatting, playgroundKind, type PlaygroundKind, promptOf } from '../../state/playground';
import type { Studio } from '../../state/slices/studio';

interface KindTexts {
  /** Label of the button. */
  action: string;
  /** Progress label. */
  progress: string;
  /** Shown without a model. */
  summary: string;
  /** Shown before there is output. */
  empty: string;
}

export const KIND_TEXTS: Readonly<Record<PlaygroundKind, KindTexts>> = {
  decoder: {
    action: 'Write',
    progress: 'Writing',
    summary: 'Give the model a prompt to continue',
    empty: 'The generated text appears here',
  },
  encoder: {
    action: 'Fill',
    progress: 'Filling',
    summary: 'Give the model a passage with blanks to fill',
    empty: 'The filled passage appears here',
  },
  'encoder-decoder': {
    action: 'Answer',
    progress: 'Answering',
    summary: 'Give the model an input to answer',
    empty: 'The answer appears here',
  },
  classifier: {
    action: 'Classify text',
    progress: 'Classifying',
    summary: 'Give the classifier a text to label',
    empty: 'The label appears here, with the words that changed the answer',
  },
};

/** Returns the input that the model needs first; undefined if nothing is missing. */
export function missingInputWords(s: Studio): string | undefined {
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

/** Texts for the shown model. A chat uses those of a sequence-to-sequence model. */
export const kindTexts = (s: Studio): KindTexts => KIND_TEXTS[isChatting(s) ? 'encoder-decoder' : playgroundKind(s)];
