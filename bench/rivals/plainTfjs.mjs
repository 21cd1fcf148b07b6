// minGPT written with stock TensorFlow.js ops and tf.train.adam on its stock WebGPU kernels (what gpt-tfjs and DISCO do).
import { count, reset, config as C, report } from './calls.mjs';
const tf = await import('@tensorflow/tfjs');
await import('@tensorflow/tfjs-backend-webgpu');
const { WebGPUBackend } = await import('@tensorflow/tfjs-backend-webgpu');
tf.removeBackend('webgpu');
const adapter = await navigator.gpu.requestAdapter();
const L = {};
for (const k of [
  'maxComputeWorkgroupStorageSize',
  'maxComputeWorkgroupsPerDimension',
  'maxStorageBufferBindingSize',
  'maxBufferSize',
  'maxComputeWorkgroupSizeX',
  'maxComputeInvocationsPerWorkgroup',
])
  L[k] = adapter.limits[k];
const device = await adapter.requestDevice({ requiredLimits: L });
tf.registerBackend('webgpu', () => new WebGPUBackend(device, adapter.info));
await tf.setBackend('webgpu');
await tf.ready();
const rn = (s, seed) => tf.variable(tf.randomNormal(s, 0, 0.02, 'float32', seed));
const p = { wte: rn([C.V, C.E], 1), wpe: rn([C.T, C.E], 2) };
for (let l = 0; l < C.L; l++) {
  p[l + 'qkv'] = rn([C.E, 3 * C.E], 10 + l);
  p[l + 'proj'] = rn([C.E, C.E], 20 + l);
  p[l + 'fc'] = rn([C.E, 4 * C.E], 30 + l);
  p[l + 'fc2'] = rn([4 * C.E, C.E], 40 + l);
  for (const n of ['1', '2']) {
    p[l + 'g' + n] = tf.variable(tf.ones([C.E]));
    p[l + 'b' + n] = tf.variable(tf.zeros([C.E]));
  }
}
p.gf = tf.variable(tf.ones([C.E]));
p.bf = tf.variable(tf.zeros([C.E]));
const mask = tf.linalg
  .bandPart(tf.ones([C.T, C.T]), -1, 0)
  .sub(1)
  .mul(1e9);
const ln = (x, g, b) => {
  const { mean, variance } = tf.moments(x, -1, true);
  return x.sub(mean).div(variance.add(1e-5).sqrt()).mul(g).add(b);
};
const gelu = (x) => x.mul(0.5).mul(tf.tanh(x.add(x.pow(3).mul(0.044715)).mul(Math.sqrt(2 / Math.PI))).add(1));
const lin = (x, w) => tf.matMul(x.reshape([-1, w.shape[0]]), w).reshape([C.B, C.T, w.shape[1]]);
function loss(x, y) {
  let h = tf
    .matMul(tf.oneHot(x.reshape([-1]), C.V).cast('float32'), p.wte)
    .reshape([C.B, C.T, C.E])
    .add(p.wpe);
  for (let l = 0; l < C.L; l++) {
    const [q, k, v] = tf
      .split(lin(ln(h, p[l + 'g1'], p[l + 'b1']), p[l + 'qkv']), 3, -1)
      .map((t) => t.reshape([C.B, C.T, C.H, C.E / C.H]).transpose([0, 2, 1, 3]));
    const s = tf.softmax(
      tf
        .matMul(q, k, false, true)
        .mul(1 / Math.sqrt(C.E / C.H))
        .add(mask),
    );
    h = h.add(lin(tf.matMul(s, v).transpose([0, 2, 1, 3]).reshape([C.B, C.T, C.E]), p[l + 'proj']));
    h = h.add(lin(gelu(lin(ln(h, p[l + 'g2'], p[l + 'b2']), p[l + 'fc'])), p[l + 'fc2']));
  }
  const logits = tf.matMul(ln(h, p.gf, p.bf).reshape([-1, C.E]), p.wte, false, true);
  return tf
    .logSoftmax(logits)
    .mul(tf.oneHot(y.reshape([-1]), C.V).cast('float32'))
    .sum(-1)
    .mean()
    .neg();
}
const opt = tf.train.adam(1e-3),
  N = C.B * C.T;
let s = 1;
const rng = () => (s = (s * 16807) % 2147483647) / 2147483647;
const data = Array.from({ length: N + 1 }, () => Math.floor(rng() * C.V)),
  steps = [];
for (let i = 0; i < C.steps; i++) {
  reset();
  const t = performance.now();
  const x = tf.tensor2d(data.slice(0, N), [C.B, C.T], 'int32'),
    y = tf.tensor2d(data.slice(1), [C.B, C.T], 'int32');
  const l = opt.minimize(() => loss(x, y), true);
  await l.data();
  tf.dispose([l, x, y]);
  steps.push({ ms: performance.now() - t, ...count });
}
report('plain tfjs', steps);
