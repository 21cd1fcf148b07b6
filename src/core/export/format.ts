import type { ByteStream } from '../checkpoint/byteSource';
import type { Snapshot } from '../checkpoint/snapshot';
import type { TokenSource } from '../shards/manifest';
import type { Tokenizer } from '../tokenizer/tokenizer';
import type { TrainEvent } from '../train/run';
import type { RunInfo } from './homegrownJson';

/** A trained model at a saved step, and all that is known of it: what every format is written from. */
export interface Exported {
  /** A name for files: `moby-dick-step-2600`. */
  name: string;
  info: RunInfo;
  /** At least every parameter of the model; moments where the format asks for them. */
  snapshot: Snapshot;
  tokenizer: Tokenizer;
  /** The run's curve. */
  events: readonly TrainEvent[];
  /** The tokenised text, where it is still stored. */
  tokens: { train: TokenSource; validation: TokenSource } | null;
}

/** A way to write a model down. One file of this folder each, and one line in formats.ts. */
export interface Format {
  /** `file`: exactly one stream, whose name ends like the format's files; `folder`: as many as it takes. */
  kind: 'file' | 'folder';
  /** The optimizer's moments belong in it: `always`, or where they are `asked` for. */
  moments?: 'always' | 'asked';
  /** What cannot be written in this format, in one sentence; null where everything can. */
  problem?(info: RunInfo): string | null;
  /** Sizes are known at once; tensors are converted piece by piece while the streams are read, never all together. */
  files(model: Exported, options: ExportOptions): Promise<readonly ByteStream[]> | readonly ByteStream[];
  /** Small files that tools want beside a `file`, once it is known what that is called. */
  beside?(info: RunInfo, file: string): readonly ByteStream[];
}

export interface ExportOptions {
  withOptimizer: boolean;
  /** The text of a file under public/templates: what a format carries along besides the model. */
  template(path: string): Promise<string>;
}

/** A text as a file. */
export function textFile(name: string, text: string): ByteStream {
  const bytes = new TextEncoder().encode(text);
  return { name, size: bytes.length, chunks: () => [bytes] };
}
