/** Opens our folders with transformers.js: classes and calls by the kind of the model. */
import {
  AutoModelForCausalLM,
  AutoModelForMaskedLM,
  AutoModelForSeq2SeqLM,
  AutoTokenizer,
  Tensor,
} from '@huggingface/transformers';

export type Rows = readonly (readonly number[])[];
export type Cache = Record<string, Tensor>;
export interface Output {
  logits: { data: Float32Array; dims: number[] };
  /** Cache, by the names that the next call uses. */
  cache: Cache;
}
export interface Opened {
  ids(text: string): number[];
  /** Greedy tokens, ended by the folder's own settings; a decoder's include the prompt. */
  generate(ids: readonly number[], settings: object): Promise<number[]>;
  forward(rows: Rows, mask?: Rows, cache?: Cache): Promise<Output>;
  dispose(): Promise<unknown>;
}

const integers = (rows: Rows): Tensor =>
  new Tensor('int64', BigInt64Array.from(rows.flat(), BigInt), [rows.length, rows[0]!.length]);
export const ones = (length: number): number[] => new Array<number>(length).fill(1);

const CLASSES = {
  decoder: AutoModelForCausalLM,
  encoder: AutoModelForMaskedLM,
  'encoder-decoder': AutoModelForSeq2SeqLM,
} as const;

/** @param folder name within the folder from `transformersFolder` */
export async function open(folder: string, kind: keyof typeof CLASSES): Promise<Opened> {
  const [model, tokenizer] = await Promise.all([
    CLASSES[kind].from_pretrained(folder),
    AutoTokenizer.from_pretrained(folder),
  ]);
  return {
    ids: (text) => Array.from((tokenizer(text) as { input_ids: { data: BigInt64Array } }).input_ids.data, Number),
    async generate(ids, settings) {
      const inputs = { input_ids: integers([ids]), attention_mask: integers([ones(ids.length)]) };
      const generated = (await model.generate({ ...inputs, do_sample: false, ...settings })) as Tensor;
      const [row] = (generated.tolist() as bigint[][]).map((each) => each.map(Number));
      return row!.slice(kind === 'decoder' ? ids.length : 1);
    },
    async forward(rows, mask = rows.map((row) => ones(row.length)), cache) {
      const inputs = { input_ids: integers(rows), attention_mask: integers(mask) };
      const output = (await model.forward({ ...inputs, ...(cache && { past_key_values: cache }) })) as Cache;
      const present = Object.entries(output).filter(([key]) => key.startsWith('present.'));
      const next = present.map(([key, value]) => [key.replace('present', 'past_key_values'), value] as const);
      return { logits: output['logits'] as unknown as Output['logits'], cache: Object.fromEntries(next) };
    },
    dispose: () => model.dispose(),
  };
}
