/** Descriptions of a classifier: its card, its preview, and how to load it. */
import { expect, test } from 'vitest';
import { CARD_PARTS } from '../runs/card';
import { dataFacts } from '../../testing/runRecord';
import { untrainedClassifier } from '../../testing/untrainedModels';
import { usualWords } from './cardWords';
import { datasheet } from './datasheet';
import { FORMATS } from './formats';
import { settingsOf } from './formatSettings';
import { runInfoSchema } from './homegrownJson';
import { cardOf } from '../../testing/cardOf';
import { previewOf, previewRows } from './preview';

const figure = { value: 0.97, unit: '', low: 0.95, high: 0.98 };
const evaluation = {
  ...({ part: 'validation', madeAt: 1_764_000_000_000, tokens: 4000, documents: 40, bytes: 20_000 } as const),
  metrics: { accuracy: figure, macroF1: figure },
  baselines: { majority: { accuracy: 0.75 }, naiveBayes: { accuracy: 0.96 } },
  confusion: { labels: ['ham', 'spam'], counts: [[29, 1], [0, 10]] }, // prettier-ignore
};

test('the card has labels with their balance, the decision rule, and decisions that the model must not make alone', async () => {
  const { info } = await untrainedClassifier('bert', { labels: ['ham', 'spam'], inWindows: true });
  const card = cardOf({
    ...info,
    decision: { temperature: 1.5, atLeast: 0.8, inWeights: true },
    evaluations: [evaluation],
  });
  expect(card).toContain('pipeline_tag: text-classification');
  expect(card).toMatch(/A BERT classifier with 3\d,\d{3} parameters/);
  expect(card).toContain('| ham | 30 | 75 % |');
  expect(card).toContain('or none (not sure) if its probability is below 80 %');
  expect(card).toContain('a temperature of 1.5, already applied to the weights of the head');
  expect(card).toContain('It classifies by the first token of a text.');
  expect(card).toContain('reads all of it in windows and averages their scores');
  expect(card).toContain('It must not decide alone about health, law, money');
  expect(card).toContain('AutoModelForSequenceClassification.from_pretrained');
  expect(card).toContain("pipeline('text-classification', 'name-of-the-folder')");
  expect(card).toContain('curl http://127.0.0.1:8080/v1/classify');
  expect(card).toMatch(/\| Accuracy[^|]*\|[^|]*97[^|]*\|/);
  expect(card).not.toMatch(/language model|llama-completion|ollama|follows no instructions/i);
});

test('when texts were counted, the card has the number of training and validation texts of each label', async () => {
  const { info } = await untrainedClassifier('bert', { labels: ['ham', 'spam'] });
  const [segment] = info.segments;
  const data = dataFacts({
    labels: { train: { ham: 90, spam: 30 }, validation: { ham: 23, spam: 7 } },
    split: { rule: 'labels', validation: 0.2, test: 0, seed: 0 },
  });
  const card = cardOf({ ...info, segments: [{ ...segment, data }], evaluations: [evaluation] });
  expect(card).toContain('| Label | Training texts | Share | Validation texts |');
  expect(card).toContain('| spam | 30 | 25 % | 7 |');
  expect(card).toContain('about 20 % of each label’s texts');
});

test('lists labels by name, whatever their characters', async () => {
  const { info } = await untrainedClassifier('bert', { labels: ['__proto__', 'constructor', '|'] });
  const [segment] = info.segments;
  const counts = JSON.parse('{ "__proto__": 60, "|": 40 }') as Record<string, number>;
  const data = dataFacts({ labels: { train: counts, validation: { '|': 10 } } });
  const card = cardOf(runInfoSchema.parse(JSON.parse(JSON.stringify({ ...info, segments: [{ ...segment, data }] }))));
  expect(card).toMatch(/\| \S*proto\S* \| 60 \| 60 % \| 0 \|/);
  expect(card).toContain('| constructor | 0 | 0 % | 0 |');
  expect(card).toMatch(/^\| \S+ \| 40 \| 40 % \| 10 \|$/m);
  expect(card).not.toContain('none of them');
});

test('omits a temperature of another step', async () => {
  const { info } = await untrainedClassifier('bert', { labels: ['ham', 'spam'] });
  const decision = { temperature: 1.5, atLeast: 0, step: info.state.step };
  expect(cardOf({ ...info, decision })).toContain('a temperature of 1.5');
  const state = { ...info.state, step: info.state.step + 1 };
  expect(cardOf({ ...info, decision, state })).not.toContain('temperature of');
});

test('when texts may have several labels, the shares are of texts, and unlabeled ones have a row', async () => {
  const { info } = await untrainedClassifier('bert', { labels: ['mild', 'rude'], several: true });
  const [segment] = info.segments;
  const facts = dataFacts({ labels: { train: { mild: 60, rude: 30, '|': 50 }, validation: { mild: 20, '|': 10 } } });
  const data = { ...facts, parts: { ...facts.parts, train: { ...facts.parts.train, documents: 120 } } };
  const card = cardOf({ ...info, segments: [{ ...segment, data }] });
  expect(card).toContain('| mild | 60 | 50 % | 20 |');
  expect(card).toContain('| none of them | 50 | 41.7 % | 10 |');
  expect(card).toContain(
    'A text gets every label with a probability of more than 50 %, so it may get several or none.',
  );
  expect(card).toContain('if p >= 0.5] for row in scores.sigmoid().tolist()])');
  const said = cardOf({ ...info, decision: { temperature: 1, atLeast: 0.3 } });
  expect(said).toContain('every label with a probability of at least 30 %, so');
  expect(said).toContain('if p >= 0.3]');
  expect(said).toContain('{ top_k: null }');
});

test('for decoders, the loading instructions run the ONNX file with onnxruntime', async () => {
  for (const id of ['gpt', 'llama'] as const) {
    const card = cardOf((await untrainedClassifier(id)).info);
    expect(card).toContain("from 'onnxruntime-node'; // transformers.js has no class of such a model");
    expect(card).not.toContain('pipeline(');
  }
});

test("default texts of a classifier don't describe it as a text generator", async () => {
  const { info } = await untrainedClassifier('gpt');
  for (const part of CARD_PARTS) expect(usualWords(part, info.model)).not.toMatch(/writes|continues/);
});

test('the datasheet says that the texts have labels, and names the first 20', async () => {
  const { info } = await untrainedClassifier('bert', { labels: ['ham', 'spam'] });
  expect(datasheet(info)).toContain('Each text has one of the 2 labels ham, spam, as stated in the files.');
  expect(datasheet(info)).toContain('Text classification. The model’s output');
  const many = await untrainedClassifier('bert', {
    labels: Array.from({ length: 30 }, (_, i) => `L${i}`),
    several: true,
  });
  expect(datasheet(many.info)).toMatch(/Each text has any number of the 30 labels L0, .*L19 and others, as stated/);
});

test("the card repeats the notes of an adapter's import", async () => {
  const { info } = await untrainedClassifier('bert');
  const lacks = 'It has no hash of its base; the base is chosen by its name, sea.';
  const card = cardOf({ ...info, origin: { name: 'adapter.zip', importedAt: 1_764_000_000_000, lacks } });
  expect(card).toContain(`Its author is not recorded. ${lacks}`);
});

test('the preview lists the labels', async () => {
  const { info, tokenizer } = await untrainedClassifier('llama', { labels: ['ham', 'spam'], several: true });
  const stated = { format: 'x', precision: ['F32'], bytes: 5 };
  const never = () => Promise.reject(new Error('it is not read'));
  const rows = new Map(previewRows(previewOf({ model: info.model, tokenizer, info, stated, read: never })));
  expect(rows.get('Labels')).toBe('ham, spam; several per text');
  expect(rows.has('Memory for classifying')).toBe(true);
});

test('refuses to export its adapter separately', async () => {
  const { info } = await untrainedClassifier('llama');
  const adapter = { id: 'lora', settings: { rank: 2, alpha: 4 }, beside: [] };
  const settings = { ...settingsOf(info), trainable: { weights: [], adapter } } as never;
  expect(FORMATS.peft.problem!(settings)).toMatch(/needs its head/);
  expect(FORMATS['gguf-lora'].problem!(settings)).toMatch(/this model is a classifier/);
});
