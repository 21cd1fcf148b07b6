import { formatCount } from '../base/units';
import { type ByteStream, textFile } from '../files/byteSource';
import { modelSpec } from '../models';
import { countParams } from '../models/spec';
import { datasheet } from './datasheet';
import { fill } from './fill';
import type { Exported, ExportOptions } from './format';
import { ggufFile } from './gguf';
import type { RunInfo } from './homegrownJson';
import { modelCard } from './modelCard';

/** The server's source is under public/templates/service. */
export async function serviceFiles(exported: Exported, options: ExportOptions): Promise<readonly ByteStream[]> {
  const { name, info } = exported;
  const model = ggufFile(exported, 'F16');
  const texts = await Promise.all(
    TEMPLATES.map(async (file) => [file, await options.template(`service/${file}`)] as const),
  );
  const values = readmeValues(name, info, model.size);
  return [
    ...texts.map(([file, text]) =>
      // A name with a dot before it is not served by every host of the app.
      textFile(file === 'dockerignore' ? '.dockerignore' : file, file === 'README.md' ? fill(text, values) : text),
    ),
    textFile('MODEL_CARD.md', modelCard(info)),
    textFile('DATASHEET.md', datasheet(info)),
    textFile(
      'model.json',
      `${JSON.stringify({ id: name, created: Math.floor(info.createdAt / 1000), file: MODEL })}\n`,
    ),
    { ...model, name: MODEL },
  ];
}

const MODEL = 'model.gguf';
const TEMPLATES = [
  'README.md',
  'package.json',
  'package-lock.json',
  'Dockerfile',
  'dockerignore',
  'server.mjs',
  'settings.mjs',
  'model.mjs',
  'api.mjs',
  'completion.mjs',
  'engine.mjs',
  'text.mjs',
  'queue.mjs',
  'http.mjs',
  'errors.mjs',
];

function readmeValues(name: string, { model }: RunInfo, bytes: number): Record<string, string> {
  const { id, config, vocabulary } = model;
  const { layers, context } = config;
  const spec = modelSpec(id);
  const megabytes = (n: number): string => formatCount(Math.max(1, Math.ceil(n / 1e6)));
  // Keys and values in halves, for contexts that llama.cpp rounds up to 256.
  const remembered = PARALLEL * 2 * layers * spec.cacheColumns(config) * Math.ceil(context / 256) * 256;
  return {
    name,
    parameters: formatCount(countParams(spec.params(config, vocabulary))),
    context: formatCount(context),
    megabytes: megabytes(bytes),
    memory: formatCount(Math.ceil((NODE_BYTES + bytes + remembered) / 5e7) * 50),
    parallel: String(PARALLEL),
  };
}
/** As settings.mjs has it. */
const PARALLEL = 4;
/** What the server keeps besides: 112 MB measured with a model of 0.3 MB, and room for a pass through a larger one. */
const NODE_BYTES = 150e6;
