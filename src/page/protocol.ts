import type { Failure } from '../core/base/errors';
import type { Message } from '../core/chat/conversation';
import type { Filled } from '../core/sample/candidates';
import type { GenerationSettings } from '../core/sample/generate';

/**
 * What the page tells the engine. First the model, then its weights piece by piece, each answered by `took` before the next,
 * then the checksum of all that, answered by `ready`; or by `failed`.
 */
export type ToEngine =
  | { kind: 'model'; json: string }
  | { kind: 'weights'; base64: string }
  | { kind: 'checksum'; crc32: string }
  /** `chat`: what was said before, where the prompt is what a person says to a model that chats. */
  | { kind: 'write'; prompt: string; chat?: readonly Message[]; settings: GenerationSettings }
  | { kind: 'stop' };

export type FromEngine =
  | { kind: 'listening' }
  | { kind: 'took'; bytes: number; of: number }
  | { kind: 'ready' }
  | { kind: 'wrote'; token: GeneratedToken }
  /** `leftOut`: of a chat, the earliest messages that had no room. */
  | { kind: 'done'; rest: string; isEnd: boolean; leftOut: number }
  /** In place of all that: a passage with what could stand in its blanks, of a model that reads both ways. */
  | { kind: 'filled'; filled: Filled }
  /** Or what a classifier makes of a text. */
  | { kind: 'classified'; classified: Classified }
  | { kind: 'failed'; failure: Failure };

/** As core/sample/classify.ts has it. */
export interface Classified {
  /** Of each label, in their order. */
  probabilities: readonly number[];
  /** Of the text, how many of them were read, and in how many parts. */
  tokens: number;
  read: number;
  windows: number;
}

export interface GeneratedToken {
  id: number;
  /** Empty while a character is unfinished. */
  text: string;
  /** As the model says, before temperature, top-k and top-p. */
  probability: number;
  /** The likeliest, as the model says; null for bytes that are no whole characters. */
  alternatives: readonly { id: number; text: string | null; probability: number }[];
}

/** Either end of the line: a worker, a worker's own scope, or a port. */
export interface Line<Out, In> {
  postMessage(message: Out): void;
  onmessage: ((event: MessageEvent<In>) => void) | null;
}
