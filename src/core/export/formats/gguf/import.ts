/** Opens a GGUF file as a model: sizes and tokenizer from its keys, tensors through the architecture's layout. */
import { badFile } from '../../../base/errors';
import type { ByteSource } from '../../../files/byteSource';
import { modelIds, modelSpec } from '../../../models';
import { modelSchema } from '../../../runs/settings';
import { createTokenizer } from '../../../tokenizer/byteLevel';
import type { GgufValue } from './headerReader';
import { openGguf } from './read';
import { readGgufTokenizer } from './tokenizer';
import { compare, readTensors, shapesOf } from '../../importTensors';
import type { Incoming } from '../../incoming';
import { parse } from '../../parse';

/**
 * Opens a file without reading its weights.
 * @throws HomegrownError `bad-file` naming file, place and reason
 * @param file its name
 */
export async function openGgufModel(source: ByteSource, file: string): Promise<Incoming> {
  const { keys, weights } = await openGguf(source, file);
  const architecture = textAt(keys, 'general.architecture');
  const supported = modelIds().flatMap((id) => {
    const reads = modelSpec(id).gguf?.reads;
    return reads ? [{ id, ...reads }] : [];
  });
  const match = supported.find(({ names }) => names.some((name) => name === architecture));
  if (!match || architecture === undefined) {
    throw badFile(
      `${file}: the architecture ${JSON.stringify(architecture?.slice(0, 100) ?? null)} is not supported`,
      `Nothing was stored. Supported architectures: ${supported.flatMap(({ names }) => names).join(', ')}.`,
    );
  }
  const { id, schema } = match;
  const tokenizer = await createTokenizer(readGgufTokenizer(keys));
  const sizes = [...keys].flatMap(([key, value]) =>
    key.startsWith(`${architecture}.`) ? [[key.slice(architecture.length + 1), value] as const] : [],
  );
  const tensors = [...weights.shapes.keys()];
  const sizesInFile = { ...Object.fromEntries(sizes), architecture, vocabulary: tokenizer.size, tensors };
  const model = parse(file, modelSchema, { id, ...parse(file, schema, sizesInFile) });
  const layout = modelSpec(id).gguf!.layout(model.config);
  const table = modelSpec(id).params(model.config, model.vocabulary);
  compare(file, shapesOf(layout, table), weights.shapes, 'what its keys say');
  const [modelName, licence] = [textAt(keys, 'general.name'), textAt(keys, 'general.license')];
  return {
    model,
    tokenizer,
    info: null,
    stated: {
      format: 'GGUF',
      precision: weights.precision,
      bytes: weights.bytes,
      ...(modelName && { name: modelName.slice(0, 1000) }),
      ...(licence && { licence: licence.slice(0, 100) }),
    },
    async read(job) {
      await weights.check(job);
      const requested = Object.keys(table).map((of) => ({ file: weights, of, slot: '' }));
      const tensors = await readTensors(requested, layout, table, job);
      const state = { step: 0, tokensSeen: 0, activeMs: 0, best: null };
      return { model, tokenizer, snapshot: { state, tensors }, resumable: false, info: null, events: [] };
    },
  };
}

function textAt(keys: ReadonlyMap<string, GgufValue>, key: string): string | undefined {
  const value = keys.get(key);
  return typeof value === 'string' ? value : undefined;
}
