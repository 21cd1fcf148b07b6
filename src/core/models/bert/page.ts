import type { Sized } from '../interop';
import type { Kernels, PageForward, Reader } from '../page';
import { attendRow, geluErf, geluTanh, linear, pooler, scoresOf } from '../pageParts';
import { type BertConfig, innerOf } from './sizes';

export const page: PageForward<BertConfig> = {
  kind: 'encoder',
  workspaceOf,
  lengthsOf: ({ config }) => [config.width, innerOf(config)],
  reader: bert,
};

/** Number of floats that a reader needs besides the weights. */
function workspaceOf({ config, vocabulary }: Sized<BertConfig>): number {
  return config.context * (6 * config.width + innerOf(config)) + 2 * config.width + scoresOf(config, vocabulary);
}

/** BERT (Devlin et al. 2018) for one text. `weight` returns a tensor by Hugging Face's name; matrices are [out, in]. */
function bert(
  { config, vocabulary }: Sized<BertConfig>,
  weight: (name: string) => Float32Array,
  kernels: Kernels,
): Reader {
  const { layers, heads, context, width: C, untied, normEpsilon, classes } = config;
  const H = innerOf(config);
  const gelu = config.tanh ? geluTanh : geluErf;
  const room = (columns: number): Float32Array => kernels.floats(context * columns);
  const [x, q, k, v, mixed, added] = [room(C), room(C), room(C), room(C), room(C), room(C)];
  const inner = room(H);
  const [place, last] = [kernels.floats(C), kernels.floats(C)];
  const scores = kernels.floats(scoresOf(config, vocabulary));
  const shares = new Float64Array(context);
  const tokens = weight('bert.embeddings.word_embeddings.weight'); // [vocabulary, C]
  const positions = weight('bert.embeddings.position_embeddings.weight'); // [context, C]
  const firstType = weight('bert.embeddings.token_type_embeddings.weight'); // [types, C]
  const classifier = classes ? weight('classifier.weight') : untied ? weight('cls.predictions.decoder.weight') : tokens;
  const bias = weight(classes ? 'classifier.bias' : 'cls.predictions.bias');
  const pool = pooler(classes?.pooling ?? 'first', place);

  function dense(name: string, from: Float32Array, to: Float32Array, rows: number, ins: number, outs: number): void {
    linear(kernels, weight(`${name}.weight`), from, to, { rows, ins, outs }, weight(`${name}.bias`));
  }

  function norm(name: string, of: Float32Array, rows: number): void {
    const [gain, shift] = [weight(`${name}.LayerNorm.weight`), weight(`${name}.LayerNorm.bias`)];
    for (let at = 0; at < rows * C; at += C) {
      let [sum, squares] = [0, 0];
      for (let c = 0; c < C; c++) sum += of[at + c]!;
      const mean = sum / C;
      for (let c = 0; c < C; c++) squares += (of[at + c]! - mean) ** 2;
      const scale = 1 / Math.sqrt(squares / C + normEpsilon);
      for (let c = 0; c < C; c++) of[at + c] = (of[at + c]! - mean) * scale * gain[c]! + shift[c]!;
    }
  }

  /** x = norm(x + from w^T + b) */
  function addDense(name: string, from: Float32Array, rows: number, ins: number): void {
    dense(`${name}.dense`, from, added, rows, ins, C);
    for (let i = 0; i < rows * C; i++) x[i]! += added[i]!;
    norm(name, x, rows);
  }

  return {
    read(ids) {
      const rows = ids.length;
      for (const [r, id] of ids.entries())
        for (let c = 0; c < C; c++) x[r * C + c] = tokens[id * C + c]! + positions[r * C + c]! + firstType[c]!;
      norm('bert.embeddings', x, rows);
      for (let layer = 0; layer < layers; layer++) {
        const h = `bert.encoder.layer.${layer}`;
        dense(`${h}.attention.self.query`, x, q, rows, C, C);
        dense(`${h}.attention.self.key`, x, k, rows, C, C);
        dense(`${h}.attention.self.value`, x, v, rows, C, C);
        const how = { heads, width: C, scale: 1 / Math.sqrt(C / heads) };
        for (let row = 0; row < rows; row++) attendRow(how, [q, k, v, mixed], { row, place: row, seen: rows }, shares);
        addDense(`${h}.attention.output`, mixed, rows, C);
        dense(`${h}.intermediate.dense`, x, inner, rows, C, H);
        for (let i = 0; i < rows * H; i++) inner[i] = gelu(inner[i]!);
        addDense(`${h}.output`, inner, rows, H);
      }
      for (let row = 0; classes && row < rows; row++) pool(x.subarray(row * C, (row + 1) * C), row);
    },
    scores(at = 0) {
      if (!classes) place.set(x.subarray(at * C, (at + 1) * C));
      dense(classes ? 'bert.pooler.dense' : 'cls.predictions.transform.dense', place, last, 1, C, C);
      for (let c = 0; c < C; c++) last[c] = classes ? Math.tanh(last[c]!) : gelu(last[c]!);
      if (!classes) norm('cls.predictions.transform', last, 1);
      kernels.score(classifier, last, scores, C);
      for (let i = 0; i < scores.length; i++) scores[i]! += bias[i]!;
      return scores;
    },
  };
}
