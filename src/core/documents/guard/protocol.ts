/** What is said between a thread that wants a file read (guarded.ts) and the worker that reads it (serve.ts). One file at a time. */
import type { Failure } from '../../base/errors';
import type { EncodingId } from '../encodings';
import type { Reading } from '../formats/format';
import type { Batch } from './batch';
import type { FormatId } from '../formats';
import type { FoundKind } from './readers';

/** One end of a channel. `transfer`: buffers that the sender gives away. */
export interface Port<Out, In> {
  post(message: Out, transfer?: readonly ArrayBuffer[]): void;
  listen(listener: (message: In) => void): void;
}

/** A file whose bytes are asked for. */
export interface RemoteFile {
  name: string;
  /** Bytes, where it can be read in places. */
  placesSize?: number;
  reading?: Reading;
  encoding?: EncodingId;
  companions?: { name?: string; paths: ReadonlySet<string> };
}

export type ToWorker =
  | { type: 'read'; kind: FoundKind; format: FormatId; file: RemoteFile; aliveMs: number }
  /** Allows one more batch. */
  | { type: 'more' }
  /** The answer to an `ask`; without bytes, the stream has ended. */
  | { type: 'bytes'; id: number; bytes?: Uint8Array }
  | { type: 'failed'; id: number; failure: Failure }
  /** Ends the file early; answered with `stopped`. */
  | { type: 'stop' };

export type FromWorker =
  | { type: 'ready' }
  /** The next bytes of a stream: 0 is the file's own; others have the path of a file that belongs to it. */
  | { type: 'ask'; id: number; stream: number; path?: string }
  | { type: 'askPlace'; id: number; offset: number; length: number }
  | { type: 'close'; stream: number }
  | { type: 'batch'; batch: Batch }
  | { type: 'note'; sentence: string }
  /** The event loop turns, though nothing is done yet. */
  | { type: 'alive' }
  | { type: 'done' }
  /** `source`: the ask whose failure the reader passed on. */
  | { type: 'refused'; failure: Failure; source?: number }
  | { type: 'stopped' };

/** Batches that may be under way: the worker reads on while the last ones are stored. */
export const BATCHES_AHEAD = 3;
