/** Names of the field's terms. Kept small: pages mark terms by this list, and load an explanation when it is opened. */

/**
 * Listed name of each term, with synonyms after `|`. A word after `=` matches only a whole label: "Heads" of a model,
 * not "Page headers". Plurals need no entry.
 */
export const TERMS = {
  token: 'Token',
  tokenizer: 'Tokenizer',
  bpe: 'BPE|Byte-pair encoding|Merges',
  vocabulary: 'Vocabulary',
  'special-token': 'Special token|=End of text|=Padding|=Mask|=Sentinel',
  shard: 'Shard',
  mojibake: 'Mojibake',
  unicode: 'Unicode normalization|=Unicode|NFC|NFKC',
  architecture: 'Architecture',
  transformer: 'Transformer',
  parameter: 'Parameter',
  weight: 'Weight (of a model)|=Weights|Frozen weights|Model weights',
  layer: 'Layer',
  attention: 'Attention|Cross-attention',
  'attention-head': 'Attention head|=Heads|Heads of keys|Key-value heads|Head width',
  embedding: 'Embedding',
  'context-length': 'Context length|=Context',
  truncation: 'Truncation',
  width: 'Width|Hidden size',
  'inner-width': 'Inner width|Feed-forward width',
  activation: 'Activation function|GELU|SwiGLU',
  normalization: 'Layer normalization|RMSNorm|LayerNorm|QK-norm|=Norms|Epsilon of norms',
  rope: 'RoPE|Rotary base|Rotary position embedding',
  dropout: 'Dropout',
  bias: 'Bias (of a layer)|=Biases',
  logit: 'Logit',
  objective: 'Objective',
  'causal-lm': 'Next-token prediction|Causal LM|Causal language modeling',
  'masked-lm': 'Masked language modeling|Masked LM',
  'span-corruption': 'Span corruption',
  'prefix-lm': 'Prefix LM',
  'instruction-tuning': 'Instruction tuning|SFT',
  'sequence-to-sequence': 'Sequence to sequence|Seq2seq',
  step: 'Step',
  batch: 'Batch|Batch size',
  packing: 'Packing',
  'micro-batch': 'Micro-batch|Micro-batches|Gradient accumulation',
  gradient: 'Gradient',
  'gradient-clipping': 'Gradient clipping|Clip gradients|Gradient norm',
  loss: 'Loss|Cross-entropy',
  nat: 'Nat',
  'learning-rate': 'Learning rate|Final rate',
  schedule: 'Learning rate schedule|=Schedule|=Cosine|=Decay',
  'warm-up': 'Warm-up',
  'weight-decay': 'Weight decay',
  optimizer: 'Optimizer',
  adamw: 'AdamW',
  sgd: 'SGD',
  lion: 'Lion',
  muon: 'Muon',
  momentum: 'Momentum|Beta 1|Beta 2',
  epoch: 'Epoch',
  checkpoint: 'Checkpoint',
  'best-step': 'Best step|Best saved',
  'latest-checkpoint': 'Latest checkpoint|=Latest',
  'validation-set': 'Validation set|Held-out set|Held-out text|Held out|=Validation',
  'test-set': 'Test set',
  overfitting: 'Overfitting',
  memorization: 'Memorization|Starting to memorize',
  'copied-passage': 'Copied passage|Longest copied passage|Verbatim|Regurgitation',
  underfitting: 'Underfitting',
  'early-stopping': 'Early stopping|Patience|Min delta',
  'weight-averaging': 'Weight averaging|Average of weights|EMA',
  recomputation: 'Activation recomputation|Recompute|Gradient checkpointing',
  seed: 'Seed',
  perplexity: 'Perplexity',
  'pseudo-perplexity': 'Pseudo-perplexity',
  'strided-perplexity': 'Strided perplexity|Strided|Stride',
  'bits-per-byte': 'Bits per byte',
  surprisal: 'Surprisal',
  entropy: 'Entropy',
  'kl-divergence': 'KL divergence|Divergence',
  'logit-lens': 'Logit lens',
  baseline: 'Baseline',
  uniform: 'Uniform model|=Uniform',
  unigram: 'Unigram model|Unigram',
  bigram: 'Bigram model|Bigram',
  trigram: 'Trigram model|Trigram',
  'naive-bayes': 'Naive Bayes',
  majority: 'Majority baseline|=Majority',
  label: 'Label (of a text)|=Label|=Class',
  classifier: 'Classifier',
  pooling: 'Pooling',
  accuracy: 'Accuracy|Masked accuracy',
  'top-5-accuracy': 'Top-5 accuracy|Top-5|Top-1 accuracy|Top-1',
  precision: 'Precision',
  recall: 'Recall',
  f1: 'F1|Macro F1',
  'confusion-matrix': 'Confusion matrix',
  calibration: 'Calibration|Calibration error|Reliability diagram|ECE',
  confidence: 'Confidence|Confidence threshold',
  'confidence-interval': 'Confidence interval|=Interval|Bootstrap',
  'minimal-pair': 'Minimal pair',
  'exact-match': 'Exact match',
  bleu: 'BLEU',
  chrf: 'chrF|chrF++',
  rouge: 'ROUGE',
  ter: 'TER',
  distinct: 'Distinct-n|Distinct-1|Distinct-2',
  repetition: 'Repetition (in texts)|=Repetition',
  loops: 'Loops (in texts)|=Loops',
  prompt: 'Prompt',
  sampling: 'Sampling',
  temperature: 'Temperature',
  'top-k': 'Top-k',
  'top-p': 'Top-p|Nucleus sampling',
  'beam-search': 'Beam search|=Beams|Length penalty',
  'fine-tuning': 'Fine-tuning',
  'base-model': 'Base model|=Base',
  lora: 'LoRA|Adapter|=Rank|=Alpha|Rank-stabilized|Target modules',
  forgetting: 'Catastrophic forgetting|Forgetting',
  replay: 'Replay|Replayed',
  'chat-template': 'Chat template',
  'system-message': 'System message|System prompt',
  'loss-mask': 'Loss mask',
  quantization: 'Quantization|Q8_0',
  'weight-precision': 'Weight precision|Frozen-weight precision|F16|F32|Half precision|bfloat16',
  gguf: 'GGUF',
  onnx: 'ONNX',
  safetensors: 'safetensors',
  'hugging-face': 'Hugging Face folder|Hugging Face',
  'model-card': 'Model card',
  'data-card': 'Data card|Datasheet',
  license: 'License|Licence',
  webgpu: 'WebGPU',
  wasm: 'WASM|WebAssembly',
  indexeddb: 'IndexedDB',
} as const satisfies Readonly<Record<string, string>>;

export type TermId = keyof typeof TERMS;

export const TERM_IDS = Object.keys(TERMS) as TermId[];

/** Listed name of a term: `Bits per byte`. */
export const termName = (id: TermId): string => TERMS[id].split('|', 1)[0]!;

/** Synonyms of a term that users might search for. */
export const otherNames = (id: TermId): string[] =>
  TERMS[id]
    .split('|')
    .slice(1)
    .map((word) => word.replace(/^=/, ''));

interface FoundTerm {
  id: TermId;
  /** Range of the term in the label; `end` is exclusive. */
  start: number;
  end: number;
}

/** First term in a label; the longest if several begin at the same position. */
export function findTerm(label: string): FoundTerm | undefined {
  index ??= makeIndex();
  const whole = index.whole.get(singular(label));
  if (whole) return { id: whole, start: 0, end: label.length };
  const match = index.pattern.exec(label);
  if (!match) return undefined;
  return { id: index.inside.get(singular(match[1]!))!, start: match.index, end: match.index + match[0].length };
}

interface Index {
  /** Words in lower case, without a plural's s. */
  whole: ReadonlyMap<string, TermId>;
  inside: ReadonlyMap<string, TermId>;
  pattern: RegExp;
}
/** Built on first use. */
let index: Index | undefined;

function makeIndex(): Index {
  const whole = new Map<string, TermId>();
  const inside = new Map<string, TermId>();
  for (const id of TERM_IDS) {
    for (const word of TERMS[id].split('|')) {
      if (word.startsWith('=')) whole.set(singular(word.slice(1)), id);
      else inside.set(singular(word), id);
    }
  }
  const words = [...inside.keys()].sort((a, b) => b.length - a.length).map((word) => word.replace(/[+()]/g, '\\$&'));
  return { whole, inside, pattern: new RegExp(`(?<![\\p{L}\\d-])(${words.join('|')})s?(?![\\p{L}\\d-])`, 'iu') };
}

const singular = (word: string): string => word.toLowerCase().replace(/(?<=[^s])s$/, '');
