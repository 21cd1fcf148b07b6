// The closest rival: @genai-fi/nanogpt (TensorFlow.js with about 25 custom WGSL ops), through its own public API.
import { count, reset, config as C, report } from './calls.mjs';
Object.defineProperty(process, 'versions', { value: { ...process.versions, node: undefined } });
Object.assign(globalThis, {
  window: globalThis,
  self: globalThis,
  document: { createElement: () => ({ getContext: () => null, style: {} }) },
  location: { href: 'http://localhost/' },
});
const log = console.log;
console.log = console.warn = () => {};
const { TeachableLLM, data } = await import('@genai-fi/nanogpt');
await TeachableLLM.selectBackend('webgpu');
const m = TeachableLLM.create('char', {
  modelType: 'GenAI_NanoGPT_v2',
  vocabSize: C.V,
  blockSize: C.T,
  nLayer: C.L,
  nHead: C.H,
  nEmbed: C.E,
  mlpFactor: 4,
});
await new Promise((r) => (m.status === 'awaitingTokens' ? r() : m.on('status', r)));
const letters = Array.from({ length: C.V - 5 }, (_, i) => String.fromCharCode(0x100 + i));
let s = 1;
const rng = () => (s = (s * 16807) % 2147483647) / 2147483647;
const text = Array.from(
  { length: Math.max(60000, C.B * C.T * C.steps * 4) },
  () => letters[Math.floor(rng() * letters.length)],
).join('');
const streams = [new data.MemoryConversationStream([[{ role: 'assistant', content: text }]])];
await m.trainTokeniser(streams);
const steps = [];
let t = performance.now();
reset();
let at = 0;
m.training.on('progress', (job) => {
  const n = (job.history?.at(-1)?.step ?? 0) - at;
  if (n <= 0) return;
  at += n; // steps since the last event
  steps.push({
    ms: (performance.now() - t) / n,
    ...Object.fromEntries(Object.entries(count).map(([k, v]) => [k, Math.round(v / n)])),
  });
  reset();
  t = performance.now();
  if (steps.length >= C.steps * 2) {
    console.log = log;
    report('genai nanogpt', steps);
  }
});
await m.training.job(
  {
    method: { type: 'pretraining' },
    batchSize: C.B,
    logInterval: 1,
    metrics: [],
    learningRate: 1e-3,
    maxEpochs: 3,
    validationSplit: 0.02,
  },
  streams,
  [{ name: 'x', id: 'x', size: 1 }],
);
setTimeout(() => {
  console.log = log;
  report('genai nanogpt', steps);
}, 300000);
