/** npm run sample: continues a prompt, answers it, or fills its blanks. */
import { basename } from 'node:path';
import { yieldToEventLoop } from '../src/core/base/job';
import { type Copied, copiedWords, longestCopied } from '../src/core/evaluate/copied';
import { readingAtMost } from '../src/core/export/contextOf';
import { previewOf, previewRows } from '../src/core/export/preview';
import { modelSpec } from '../src/core/models';
import { type ModelChoice, network } from '../src/core/models/network';
import { type Candidate, likeliestText } from '../src/core/sample/candidates';
import type { GeneratedToken } from '../src/core/runs/playground';
import { fill } from '../src/core/sample/fill';
import { markOf, withMark } from '../src/core/sample/mark';
import { writeText } from '../src/jobs/sample';
import { MERGED_ADAPTER_FLAG } from './mergedAdapterFlag';
import { averagedModel } from '../node/folders/averaged';
import { MIX, mixedPath, typedAverage } from './mix';
import { UsageError, type Values } from './options';
import { lookAt, readWeights } from '../node/folders/readModel';
import { textsOf } from '../node/texts/documents';
import { usedStep } from './stepWords';
import { command, DEVICES, interruptible, openDevice, print, stderr, stdout } from './terminal';

const OPTIONS = {
  from: { kind: 'text', path: 'reads', help: 'Folder, zip or GGUF file of the model' },
  adapter: MERGED_ADAPTER_FLAG,
  mix: { kind: 'text', path: 'reads', pathIn: mixedPath, otherwise: 'nothing', help: MIX },
  context: {
    kind: 'whole',
    min: 1,
    max: 1e6,
    otherwise: "the model's own",
    help: 'Context length in tokens, for models without position weights; a shorter one needs less memory',
  },
  preview: { kind: 'switch', help: 'Print only architecture and memory needs' },
  prompt: {
    kind: 'text',
    path: 'none',
    initial: '',
    help: 'Prompt to continue or answer, or a passage with [MASK] for each blank; without one, a new text',
  },
  chat: {
    kind: 'switch',
    help: "Apply the model's chat template to the prompt; the answer ends with its turn",
  },
  system: {
    kind: 'text',
    path: 'none',
    otherwise: 'nothing',
    help: 'With --chat: the system prompt',
  },
  tokens: { kind: 'whole', min: 1, max: 1e6, initial: 200, help: 'Maximum new tokens' },
  temperature: {
    kind: 'real',
    min: 0,
    max: 10,
    otherwise: '0.8, or 0 for a model that answers',
    help: 'Temperature; 0 is greedy',
  },
  'top-k': { kind: 'whole', min: 0, max: 1e6, initial: 0, help: 'Top-k: the k likeliest tokens, 0 for all' },
  'top-p': {
    kind: 'real',
    min: 0.001,
    max: 1,
    initial: 1,
    help: 'Top-p: only the likeliest tokens that add up to this share',
  },
  seed: { kind: 'whole', min: 0, max: 2 ** 32 - 1, initial: 1, help: 'Random seed' },
  beams: {
    kind: 'whole',
    min: 1,
    max: 64,
    initial: 1,
    help: 'Beam search for a model that answers: number of beams; above 1 nothing is sampled',
  },
  'length-penalty': {
    kind: 'real',
    min: -10,
    max: 10,
    initial: 1,
    help: 'Beam length penalty: above 0 favors long answers',
  },
  compare: {
    kind: 'texts',
    path: 'reads',
    otherwise: 'none',
    help: 'Text files or folders: finds the longest passage that the new text copies from them word for word',
  },
  mark: { kind: 'switch', help: 'Add a last line that says that a model wrote the text' },
  json: { kind: 'switch', help: 'Print one JSON object: the text, and the candidates for each blank' },
  device: {
    kind: 'choice',
    of: DEVICES,
    initial: 'auto',
    help: 'Device; auto uses a GPU if there is one, else wasm',
  },
} as const;

async function sample({
  from,
  adapter,
  mix,
  context,
  preview,
  prompt,
  chat,
  system,
  tokens,
  temperature: requestedTemperature,
  seed,
  beams,
  compare,
  mark,
  json,
  device,
  ...flags
}: Values<typeof OPTIONS>): Promise<void> {
  if (system !== undefined && !chat) throw new UsageError('--system needs --chat.');
  const signal = interruptible();
  const withRequestedContext = (model: ModelChoice): ModelChoice =>
    context === undefined ? model : readingAtMost(model, context);
  if (preview) {
    const modelPreview = previewOf(await lookAt(from, signal));
    const rows = previewRows(modelPreview, withRequestedContext(modelPreview.model));
    const width = Math.max(...rows.map(([label]) => label.length));
    for (const [label, value] of rows) print(`${label.padEnd(width)}  ${value}`);
    return;
  }
  const loaded = await readWeights(from, signal, adapter);
  const { model: originalModel, tokenizer, snapshot, info } = await averagedModel(loaded, typedAverage(mix), signal);
  const note = mark ? markOf(info?.name ?? basename(from), info?.state.step) : undefined;
  const withNote = (text: string): string => (note === undefined ? text : withMark(text, note));
  const stepUsed = usedStep(info, [adapter, mix]);
  if (stepUsed.words !== undefined && !json) stderr.write(`${stepUsed.words}\n`);
  const model = withRequestedContext(originalModel);
  await openDevice(device);
  const net = await network(model, snapshot.tensors);
  const { kind } = modelSpec(model.id);
  if (kind === 'encoder' && !chat) {
    const filled = await fill(net, tokenizer, prompt, CANDIDATES);
    const text = likeliestText(filled);
    print(
      json
        ? JSON.stringify({
            text: withNote(text),
            blanks: filled.blanks.map((blank) => blank.map(candidateJson)),
            ...stepUsed.json,
          })
        : withNote(text),
    );
    return;
  }
  const temperature = requestedTemperature ?? (kind === 'encoder-decoder' ? 0 : 0.8);
  const sampling = { temperature, seed, length: tokens, topK: flags['top-k'], topP: flags['top-p'] };
  const chatInput = chat && { chat: system === undefined ? [] : [{ role: 'system', content: system } as const] };
  const input = { prompt, ...chatInput, ...sampling, beams: { count: beams, lengthPenalty: flags['length-penalty'] } };
  const decoder = tokenizer.decoder();
  let text = '';
  const emit = (piece: string): void => {
    text += piece;
    if (!json) stdout.write(piece);
  };
  const report = (tokens: readonly GeneratedToken[]): void => tokens.forEach(({ id }) => emit(decoder.push(id)));
  await writeText({ network: net, tokenizer }, input, { signal, report }, yieldToEventLoop);
  emit(decoder.end());
  const copied = compare && !signal.aborted ? await copiedFrom(compare, text, signal) : undefined;
  if (json) {
    const copiedJson = copied && { copied: { words: copied.words, passage: copied.passage } };
    print(JSON.stringify({ text: withNote(text), ...stepUsed.json, ...copiedJson }));
  } else {
    print(note === undefined ? '' : `\n\n${note}`);
    if (copied) stderr.write(`Longest copied passage: ${copiedWords(copied)}\n`);
  }
  signal.throwIfAborted();
}

async function copiedFrom(paths: readonly string[], written: string, signal: AbortSignal): Promise<Copied> {
  const texts = await textsOf(paths, signal);
  const documents = texts.map(({ text }) => ({
    async *chunks() {
      yield await Promise.resolve(text);
    },
  }));
  return longestCopied(written, documents, { signal });
}

/** Candidates per blank, with --json. */
const CANDIDATES = 5;
const candidateJson = ({ text, probability }: Candidate) => ({ text, probability: Number(probability.toFixed(6)) });

const examples = [
  '--from my-model --prompt "The whale" --tokens 200 --temperature 0.8',
  '--from my-chat --chat --system "Answer in one sentence." --prompt "Who swam away?"',
  '--from my-bert --prompt "The [MASK] swam away"',
  '--from my-t5 --prompt "hgfedcba" --beams 4',
  '--from SmolLM2-135M.gguf --context 1024 --preview',
];
const about = 'Continues a prompt, answers it, or fills its blanks.';
export const sampleCommand = command({ name: 'sample', about, options: OPTIONS, examples, run: sample });
