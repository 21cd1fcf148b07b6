import type { Failure } from '../core/base/errors';
import type { Message } from '../core/chat/conversation';
import type { Filled } from '../core/sample/candidates';
import type { GenerationSettings } from '../core/sample/generate';

/**
 * Messages from the page to the engine. First the model, then its weights piece by piece, each answered by `took`
 * before the next, then the checksum of both, answered by `ready`; or by `failed`.
 */
export type ToEngine =
  | { kind: 'model'; json: string }
  | { kind: 'weights'; base64: string }
  | { kind: 'checksum'; crc32: string }
  /** `chat`: earlier messages, if the prompt is a message to a chat model. */
  | { kind: 'write'; prompt: string; chat?: readonly Message[]; settings: GenerationSettings }
  | { kind: 'stop' };

export type FromEngine =
  | { kind: 'listening' }
  | { kind: 'took'; bytes: number; of: number }
  | { kind: 'ready' }
  | { kind: 'wrote'; token: GeneratedToken }
  /** `leftOut`: number of the earliest chat messages that didn't fit. */
  | { kind: 'done'; rest: string; isEnd: boolean; leftOut: number }
  /** Instead, for an encoder: a passage with candidates for its blanks. */
  | { kind: 'filled'; filled: Filled }
  /** Instead, for a classifier: its result for a text. */
  | { kind: 'classified'; classified: Classified }
  | { kind: 'failed'; failure: Failure };

/** Same as in core/sample/classify.ts. */
export interface Classified {
  /** Probability of each label, in label order. */
  probabilities: readonly number[];
  /** Number of tokens of the text, number of tokens read, and number of windows. */
  tokens: number;
  read: number;
  windows: number;
}

export interface GeneratedToken {
  id: number;
  /** Empty while a character is unfinished. */
  text: string;
  /** Probability before temperature, top-k and top-p. */
  probability: number;
  /** Likeliest tokens, with probabilities before sampling settings; `text` is null for incomplete characters. */
  alternatives: readonly { id: number; text: string | null; probability: number }[];
}

/** Either end of a connection: a worker, a worker's own scope, or a port. */
export interface Line<Out, In> {
  postMessage(message: Out): void;
  onmessage: ((event: MessageEvent<In>) => void) | null;
}
