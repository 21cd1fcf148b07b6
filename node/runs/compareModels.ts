/** Compares two models in folders by the likelihood of a text; their tokenizers may differ. */
import { badSettings } from '../../src/core/base/errors';
import { yieldUntil } from '../../src/core/base/job';
import { compare } from '../../src/core/evaluate/compare';
import { checkReadsOn, natsOf } from '../../src/core/evaluate/ofText';
import type { RunInfo } from '../../src/core/export/homegrownJson';
import { objectiveIn } from '../../src/core/export/incoming';
import { normalizerWords } from '../../src/core/export/normalizerWords';
import { network } from '../../src/core/models/network';
import { SPLITS } from '../../src/core/tokenizer/splits';
import type { TokenizerModel } from '../../src/core/tokenizer/tokenizer';
import { lookAt, readWeights } from '../folders/readModel';
import { textsOf } from '../texts/documents';

export interface ComparedModel {
  folder: string;
  info: RunInfo | null;
  /** Normalization by its tokenizer, in words; empty if there is none. */
  normalized: string;
}

interface ModelsToCompare {
  folders: readonly [first: string, second: string];
  texts: readonly string[];
}

/** @throws HomegrownError `bad-settings` if a model doesn't predict the next token, or there is no text */
export async function readTextToCompare(
  folders: ModelsToCompare['folders'],
  paths: readonly string[],
  signal: AbortSignal,
): Promise<ModelsToCompare> {
  // Checks both first: reading a text and measuring a model take long.
  for (const folder of folders) {
    const incoming = await lookAt(folder, signal);
    checkReadsOn(folder, incoming.model, objectiveIn(incoming));
  }
  const texts = (await textsOf(paths, signal)).map(({ text }) => text);
  if (texts.length > 0) return { folders, texts };
  throw badSettings('All texts are empty: nothing to compare on.', 'Name files that are not empty.');
}

/** Uses the open device. @param seed of the bootstrap interval */
export async function compareModels({ folders, texts }: ModelsToCompare, seed: number, signal: AbortSignal) {
  const [first, second] = [
    await measureModel(folders[0], texts, signal),
    await measureModel(folders[1], texts, signal),
  ];
  const found = compare(first.nats, second.nats, first.bytes, seed);
  return { found, first: first.model, second: second.model };
}

async function measureModel(folder: string, texts: readonly string[], signal: AbortSignal) {
  const { model, tokenizer, snapshot, info } = await readWeights(folder, signal);
  const net = await network(model, snapshot.tensors);
  try {
    const nats = await natsOf(net, tokenizer, texts, { pause: yieldUntil(signal) });
    const comparedModel: ComparedModel = { folder, info, normalized: normalizedBy(tokenizer.model) };
    return { ...nats, model: comparedModel };
  } finally {
    net.dispose();
  }
}

function normalizedBy({ applied, elsewhere, normalizers = [] }: TokenizerModel): string {
  if (applied) return 'normalized by its tokenizer files';
  return normalizerWords([...(elsewhere ? SPLITS[elsewhere.split].normalizers : []), ...normalizers]);
}
