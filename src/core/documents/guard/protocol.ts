/** Messages between a thread that needs a file (guarded.ts) and the worker that reads it (serve.ts), one at a time. */
import type { Failure } from '../../base/errors';
import type { EncodingId } from '../encodings';
import type { Reading } from '../formats/format';
import type { Batch } from './batch';
import type { FormatId } from '../formats';
import type { FoundKind } from './readers';

/** End of a channel. `transfer`: buffers whose ownership moves to the receiver. */
export interface Port<Out, In> {
  post(message: Out, transfer?: readonly ArrayBuffer[]): void;
  listen(listener: (message: In) => void): void;
}

/** File whose bytes are requested by message. */
export interface RemoteFile {
  name: string;
  /** Size in bytes, if random access is possible. */
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
  /** The event loop runs, but there is no result yet. */
  | { type: 'alive' }
  | { type: 'done' }
  /** `source`: ID of the request whose error the reader passed on. */
  | { type: 'refused'; failure: Failure; source?: number }
  | { type: 'stopped' };

/** Maximum number of batches in flight: the worker reads on while earlier batches are stored. */
export const BATCHES_AHEAD = 3;
