/** What the model of Playground writes, answers and says of its tokens. */
import type { Failure } from '../../core/base/errors';
import type { Message } from '../../core/chat/conversation';
import type { Decided } from '../../core/evaluate/decided';
import type { EarlierText, Filled, GeneratedToken, Sampling, WrittenBy } from '../../core/runs/playground';
import type { GivenLabels } from '../../protocol/gpu';

/** Labels that a classifier gives to a text, and once they are known the words that spoke for the likeliest. */
export interface Classified {
  given: GivenLabels;
  /** The likeliest, by its place. */
  label: number;
  decided: Decided | null;
}

export type Writing =
  | { kind: 'idle' }
  | { kind: 'writing'; since: number; stop(): void }
  | {
      kind: 'done';
      reason: 'length' | 'stopped' | 'end' | 'filled' | 'classified';
      ms: number;
      leftOut?: number;
      /** It was read from the store: nothing has just ended. */
      isRestored?: true;
    }
  | { kind: 'failed'; failure: Failure };

export interface PlaygroundSlice {
  /** Null until a person writes one: then it is the prompt of the run that is shown. */
  prompt: string | null;
  sampling: Sampling;
  /** Whether Playground chats; null: if the run was tuned on chats. */
  isChat: boolean | null;
  /** What a model that chats goes by, before all that is said. */
  system: string;
  /** What was said before `writtenAfter`, which the user says, and `written`, which the model answers. */
  said: readonly Message[];
  /** What was written after `writtenAfter`. */
  writtenAfter: string;
  written: readonly GeneratedToken[];
  /** Settings with which it was written. */
  writtenWith: Sampling | null;
  /** The model that wrote it: the run may have trained on since, or the page may show another run. */
  writtenBy: WrittenBy | null;
  /** Model, prompt and settings of the last text drawn by chance: asking for the same again takes the next seed. */
  lastDraw: string | null;
  /** Texts that newer ones replaced, the oldest first. */
  earlier: readonly EarlierText[];
  /** Project whose stored prompt, settings and text are shown; null until they are read. */
  playgroundOf: string | null;
  /** The passage as a model that reads both ways has filled it. */
  filled: Filled | null;
  /** Which labels the text has by a classifier. */
  classified: Classified | null;
  writing: Writing;
  setPrompt(prompt: string): void;
  setChat(isChat: boolean): void;
  setSystem(system: string): void;
  setSampling(change: Partial<Sampling>): void;
  /** What the model does with the prompt: continues, answers, fills blanks, or labels it. */
  generate(): Promise<void>;
  /** Another answer in place of the last, by another seed. */
  answerAgain(): Promise<void>;
  /** Another of its candidates stands in a blank. */
  choose(blank: number, candidate: number): void;
  /** Ends what is being written, clears what was written, and removes it from the store. */
  endWriting(): void;
  /** Shows what the open project has stored, once for each project that is opened. */
  loadPlayground(): Promise<void>;
  /** Another model takes the place: ends what is being written. A text stays if the new model writes such texts too. */
  leaveModel(): void;
  /** Shows one of the earlier texts again, with its prompt and settings. The shown text becomes an earlier one. */
  showEarlier(text: EarlierText): void;
  /** Writes on from `text` in place of the token at `index`; the text up to there becomes the prompt. */
  continueFrom(index: number, text: string): Promise<void>;
}
