/** Output of the Playground's model: texts, answers, labels and token probabilities. */
import type { Failure } from '../../core/base/errors';
import type { Message } from '../../core/chat/conversation';
import type { Decided } from '../../core/evaluate/decided';
import type { EarlierText, Filled, GeneratedToken, Sampling, WrittenBy } from '../../core/runs/playground';
import type { GivenLabels } from '../../protocol/gpu';

/** Predicted labels of a text, and once computed, the words that decided for the likeliest. */
export interface Classified {
  given: GivenLabels;
  /** Index of the likeliest label. */
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
      /** Whether it was loaded from the store, so nothing was announced. */
      isRestored?: true;
    }
  | { kind: 'failed'; failure: Failure };

export interface PlaygroundSlice {
  /** Null until a person edits it: then the run's own prompt applies. */
  prompt: string | null;
  sampling: Sampling;
  /** Whether Playground chats; null: if the run was tuned on chats. */
  isChat: boolean | null;
  /** System prompt of a chat model, before all messages. */
  system: string;
  /** Messages before `writtenAfter` (of the user) and `written` (of the model). */
  said: readonly Message[];
  /** Text generated after `writtenAfter`. */
  writtenAfter: string;
  written: readonly GeneratedToken[];
  /** Settings that generated it. */
  writtenWith: Sampling | null;
  /** Model that generated it: the run may have trained further since, or the page may show another run. */
  writtenBy: WrittenBy | null;
  /** Model, prompt and settings of the last text drawn by chance: asking for the same again takes the next seed. */
  lastDraw: string | null;
  /** Texts that newer ones replaced, oldest first. */
  earlier: readonly EarlierText[];
  /** Project whose stored prompt, settings and text are shown; null until they are read. */
  playgroundOf: string | null;
  /** The passage as a masked language model filled it. */
  filled: Filled | null;
  /** Labels of the text by a classifier. */
  classified: Classified | null;
  writing: Writing;
  setPrompt(prompt: string): void;
  setChat(isChat: boolean): void;
  setSystem(system: string): void;
  setSampling(change: Partial<Sampling>): void;
  /** Processes the prompt: continues, answers, fills blanks, or labels it. */
  generate(): Promise<void>;
  /** Replaces the last answer by one with another seed. */
  answerAgain(): Promise<void>;
  /** Puts another candidate into a blank. */
  choose(blank: number, candidate: number): void;
  /** Stops generation, and clears the text here and in the store. */
  endWriting(): void;
  /** Shows the stored content of the open project, once per opened project. */
  loadPlayground(): Promise<void>;
  /** Called before the model changes: stops generation. The text stays if the new model writes such texts too. */
  leaveModel(): void;
  /** Shows an earlier text again, with its prompt and settings. The shown text becomes an earlier one. */
  showEarlier(text: EarlierText): void;
  /** Continues from `text` in place of the token at `index`; the text up to there becomes the prompt. */
  continueFrom(index: number, text: string): Promise<void>;
}
