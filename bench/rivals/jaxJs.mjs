// The strongest in-browser compiler: jax-js, with the same model under jit(valueAndGrad) with Adam.
import { count, reset, config as C, report } from './calls.mjs';
const j = await import('@jax-js/jax');
const { numpy: np, nn, jit, valueAndGrad, random, tree } = j;
await j.init('webgpu');
j.defaultDevice('webgpu');
let key = 0;
const rn = (s) => random.normal(random.key(key++), s).mul(0.02);
const p = { wte: rn([C.V, C.E]), wpe: rn([C.T, C.E]), gf: np.ones([C.E]), bf: np.zeros([C.E]), blocks: [] };
for (let l = 0; l < C.L; l++)
  p.blocks.push({
    qkv: rn([C.E, 3 * C.E]),
    proj: rn([C.E, C.E]),
    fc: rn([C.E, 4 * C.E]),
    fc2: rn([4 * C.E, C.E]),
    g1: np.ones([C.E]),
    b1: np.zeros([C.E]),
    g2: np.ones([C.E]),
    b2: np.zeros([C.E]),
  });
const mask = [];
for (let i = 0; i < C.T; i++) for (let k = 0; k < C.T; k++) mask.push(k <= i ? 0 : -1e9);
const ln = (x, g, b) => {
  const m = np.mean(x.ref, -1, { keepdims: true });
  const c = x.sub(m);
  const v = np.mean(c.ref.mul(c.ref), -1, { keepdims: true });
  return c
    .div(np.sqrt(v.add(1e-5)))
    .mul(g)
    .add(b);
};
const gelu = (x) =>
  x.ref.mul(0.5).mul(np.tanh(x.ref.add(x.ref.mul(x.ref).mul(x).mul(0.044715)).mul(Math.sqrt(2 / Math.PI))).add(1));
const D = C.E / C.H;
function fwd(p, ox, oy, mk) {
  let h = np.matmul(ox, p.wte.ref).reshape([C.B, C.T, C.E]).add(p.wpe);
  for (const b of p.blocks) {
    const a = ln(h.ref, b.g1, b.b1);
    const qkv = np
      .matmul(a.reshape([C.B * C.T, C.E]), b.qkv)
      .reshape([C.B, C.T, 3, C.H, D])
      .transpose([2, 0, 3, 1, 4]);
    const [q, k, v] = [0, 1, 2].map((i) => qkv.ref.slice(i));
    qkv.dispose?.();
    const s = nn.softmax(
      np
        .matmul(q, k.transpose([0, 1, 3, 2]))
        .mul(1 / Math.sqrt(D))
        .add(mk.ref),
      -1,
    );
    const o = np
      .matmul(s, v)
      .transpose([0, 2, 1, 3])
      .reshape([C.B * C.T, C.E]);
    h = h.add(np.matmul(o, b.proj).reshape([C.B, C.T, C.E]));
    const m = ln(h.ref, b.g2, b.b2).reshape([C.B * C.T, C.E]);
    h = h.add(np.matmul(gelu(np.matmul(m, b.fc)), b.fc2).reshape([C.B, C.T, C.E]));
  }
  mk.dispose?.();
  const f = ln(h, p.gf, p.bf).reshape([C.B * C.T, C.E]);
  const logits = np.matmul(f, p.wte.transpose());
  return nn
    .logSoftmax(logits, -1)
    .mul(oy)
    .sum()
    .mul(-1 / (C.B * C.T));
}
const N = C.B * C.T;
const rng = (() => {
  let s = 1;
  return () => (s = (s * 16807) % 2147483647) / 2147483647;
})();
const data = Array.from({ length: N + 1 }, () => Math.floor(rng() * C.V));
const x = np.array(data.slice(0, N), { dtype: np.int32 }),
  y = np.array(data.slice(1), { dtype: np.int32 });
const ox = nn.oneHot(x, C.V),
  oy = nn.oneHot(y, C.V),
  mk = np.array(mask).reshape([1, 1, C.T, C.T]);
const step = jit((p, m, v, ox, oy, mk) => {
  const [l, g] = valueAndGrad(fwd)(tree.ref(p), ox, oy, mk);
  const nm = tree.map((a, b) => a.mul(0.9).add(b.mul(0.1)), m, tree.ref(g));
  const nv = tree.map((a, b) => a.mul(0.999).add(b.ref.mul(b).mul(0.001)), v, g);
  const np_ = tree.map((a, b, c) => a.sub(b.mul(1e-3).div(np.sqrt(c).add(1e-7))), p, tree.ref(nm), tree.ref(nv));
  return [l, np_, nm, nv];
});
let P = p,
  M = tree.map((a) => np.zerosLike(a), tree.ref(p)),
  V = tree.map((a) => np.zerosLike(a), tree.ref(p));
const steps = [];
for (let i = 0; i < C.steps; i++) {
  reset();
  const t = performance.now();
  let l;
  [l, P, M, V] = step(P, M, V, ox.ref, oy.ref, mk.ref);
  await l.data();
  steps.push({ ms: performance.now() - t, ...count });
}
report('jax-js', steps);
