import { type ByteStream, textFile } from '../../../files/byteSource';
import type { Json } from '../../../base/blobStore';
import { formatCount } from '../../../base/units';
import { metricOf } from '../../../metrics';
import { modelSpec } from '../../../models';
import type { Piece } from '../../../models/layout';
import type { Parameter } from '../../../models/spec';
import { metricsOf, objectiveOf } from '../../../objectives';
import type { Objective } from '../../../objectives/objective';
import { recipeOf } from '../../../runs/segments';
import { idBytes, packIds } from '../../../shards/ids';
import type { Border, TokenSource } from '../../../shards/manifest';
import { OPTIMIZERS } from '../../../optim';
import type { Optimizer, Torch } from '../../../optim/optimizer';
import { SCHEDULES } from '../../../optim/schedule';
import { fill } from '../../fill';
import type { ExportOptions, Exported } from '../../format';
import { huggingFaceFiles } from '../huggingFace/write';
import { snakeCase } from '../huggingFace/trainerState';
import { elsewhere, hubLayout } from '../../weights';

/** Writes the export. Its scripts are under public/templates/pytorch. */
export async function pytorchFiles(exported: Exported, { template }: ExportOptions): Promise<readonly ByteStream[]> {
  const { info, tokens } = exported;
  const { model, state } = info;
  const recipe = recipeOf(info);
  const texts = await Promise.all(
    TEMPLATES.map(async (name) => {
      const path = name === 'model.py' ? modelSpec(model.id).pytorch!.file : `pytorch/${name}`;
      return [name, await template(path)] as const;
    }),
  );
  const values = {
    name: exported.name,
    step: formatCount(state.step),
    steps: formatCount(recipe.steps),
    rows: formatCount(recipe.batch * recipe.accumulate),
    context: formatCount(model.config.context),
    data: tokens ? DATA_HERE : DATA_MISSING,
    dropout: recipe.dropout + recipe.attentionDropout === 0 ? '' : DROPOUT,
  };
  return [
    ...texts.map(([name, text]) => textFile(name, name.endsWith('.md') ? fill(text, values) : text)),
    textFile('recipe.json', `${JSON.stringify(recipe, null, 2)}\n`),
    textFile('architecture.json', `${JSON.stringify(architecture(exported), null, 2)}\n`),
    textFile('optimizers.json', `${JSON.stringify(torchOptimizers(), null, 2)}\n`),
    textFile('schedules.py', schedulesInPython()),
    textFile('metrics.py', metricsInPython(objectiveOf(recipe.objective))),
    ...huggingFaceFiles(exported, { withOptimizer: true }).map((file) => ({ ...file, name: `model/${file.name}` })),
    ...(tokens ? await dataFiles(tokens, exported.tokenizer.endOfText) : []),
  ];
}

/** Architecture facts that the scripts need, including tensor names. */
function architecture({ info: { model }, tokenizer }: Exported): Json {
  const { label, pytorch, params } = modelSpec(model.id);
  const own = params(model.config, model.vocabulary);
  const table = params(elsewhere(model).config, model.vocabulary);
  const layout = hubLayout(model);
  const without = layout.filter(({ of }) => !Object.hasOwn(own, of));
  const decaying = layout.filter(({ of }) => table[of]!.decay);
  const matrices = layout.filter(({ of }) => table[of]!.linear);
  return {
    label,
    class: pytorch!.class,
    blocks: pytorch!.blocks,
    context: model.config.context,
    endOfText: tokenizer.endOfText,
    decay: decaying.map(({ name }) => name),
    zeros: without.map(({ name }) => name),
    matrices: Object.fromEntries(matrices.map((piece) => [piece.name, sideBySide(piece, table[piece.of]!)])),
  };
}

/** Axis along which a piece joins matrices, and their widths; a single width for one matrix. */
function sideBySide({ columns, transposed }: Piece, { shape, widths = [shape[1]!] }: Parameter): [number, number[]] {
  const [from, to] = columns ?? [0, shape[1]!];
  let at = 0;
  const own = widths.map((width) => Math.min(to, (at += width)) - Math.max(from, at - width));
  return [transposed ? 0 : 1, own.filter((width) => width > 0)];
}

/** Optimizers that PyTorch can resume, by their names in the recipe. */
const torchOptimizers = (): Readonly<Record<string, Torch>> =>
  Object.fromEntries(
    Object.entries(OPTIMIZERS).flatMap(([name, { torch }]: [string, Optimizer]) => (torch ? [[name, torch]] : [])),
  );

/** Learning rate schedules in Python, from the same list as ours. */
export const schedulesInPython = (): string =>
  [
    '"""Learning rate of an update after the warm-up, as a share of its peak. progress: 0 after the warm-up, 1 at the last update."""',
    '',
    'import math',
    '',
    '',
    'def fallen(recipe, left):',
    '    """Returns the share of the peak; left: 1 at the peak, 0 at the final rate."""',
    '    return recipe["finalRate"] + (1 - recipe["finalRate"]) * left',
    '',
    '',
    'SCHEDULES = {',
    ...Object.entries(SCHEDULES).map(
      ([name, { python }]) => `    "${name}": lambda step, progress, recipe: ${python},`,
    ),
    '}',
    '',
  ].join('\n');

/** Metrics of the objective that Python can compute, from the same list as ours. */
export function metricsInPython(objective: Pick<Objective, 'gives' | 'headline'>): string {
  const metrics = metricsOf(objective).flatMap((id) => {
    const { label, python, scale } = metricOf(id);
    return python ? [{ id, label: label.toLowerCase(), python, isScale: scale !== undefined }] : [];
  });
  return [
    '"""Metrics of a mean loss in nats, over a text of so many tokens and bytes."""',
    '',
    'import math',
    '',
    '# By label.',
    'METRICS = {',
    ...metrics.map(({ label, python }) => `    "${label}": lambda loss, tokens, bytes: ${python},`),
    '}',
    '# Metrics that do not follow from the loss: label, and names in homegrown.json and trainer_state.json.',
    'KEPT = [',
    ...metrics.flatMap(({ id, label, isScale }) => (isScale ? [] : [`    ("${label}", "${id}", "${snakeCase(id)}"),`])),
    ']',
    '',
  ].join('\n');
}

/**
 * Writes nanoGPT's layout: consecutive ids, little-endian, without a header; meta.json describes them. Document borders
 * are in separate files, for parts where they are known.
 */
export async function dataFiles(
  { train, validation: val, test }: NonNullable<Exported['tokens']>,
  endOfText: number,
): Promise<readonly ByteStream[]> {
  const { vocabulary } = train;
  const width = idBytes(vocabulary);
  const parts = Object.entries({ train, val, ...(test && { test }) });
  const meta: Record<string, Json> = { dtype: width === 2 ? 'uint16' : 'uint32', vocabulary, endOfText };
  const files: ByteStream[] = [];
  for (const [name, part] of parts) {
    const { tokens, bytes } = part;
    const documents = (await part.documents?.()) ?? null;
    meta[name] = { tokens, bytes, ...(documents && { documents: documents.length }) };
    files.push(idFile(`data/${name}.bin`, part, width));
    if (documents) files.push(bordersFile(`data/${name}.documents.bin`, documents));
  }
  return [textFile('data/meta.json', `${JSON.stringify(meta, null, 2)}\n`), ...files];
}

/** Two u32 per document: its first token, and its length without the end token. */
function bordersFile(name: string, documents: readonly Border[]): ByteStream {
  const bytes = packIds(Uint32Array.from(documents.flatMap(({ start, tokens }) => [start, tokens])), 4);
  return { name, size: bytes.length, chunks: () => [bytes] };
}

const idFile = (name: string, source: TokenSource, width: 2 | 4): ByteStream => ({
  name,
  size: source.tokens * width,
  async *chunks() {
    for (let at = 0; at < source.tokens; at += PIECE) {
      yield packIds(await source.read(at, Math.min(PIECE, source.tokens - at)), width);
    }
  },
});
/** Ids per piece of output. */
const PIECE = 2 ** 18;

const TEMPLATES = [
  'README.md',
  'cluster.md',
  'requirements.txt',
  'train.py',
  'optimizers.py',
  'model.py',
  'data.py',
  'checkpoint.py',
  'prepare.py',
];

const DATA_HERE =
  '`data/train.bin` and `data/val.bin` are the training and validation tokens of the run; `data/test.bin`, if there is ' +
  'one, is the test set. `prepare.py` rewrites them for other or more text.';
const DATA_MISSING =
  'The text was no longer stored at export, so **there is no `data/` yet**. First create it from the same files, in the ' +
  'same order: `python prepare.py one.txt two.txt`. model/README.md lists them.';
const DROPOUT =
  ' Dropout is the exception: its masks come from another random generator, so losses agree only on average.';
