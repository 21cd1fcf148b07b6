/** Explanations of terms: one or two sentences that a beginner understands and an expert can check. */
import type { TermId } from './terms';

interface Entry {
  says: string;
  /** Version with numbers of the open run in braces, used if all of them are known. */
  here?: string;
}

export const ENTRIES: Readonly<Record<TermId, Entry>> = {
  token: {
    says: 'A piece of text that the model reads and writes as one unit: a word, a part of one, or a single byte.',
  },
  tokenizer: {
    says: 'Cuts text into tokens and puts tokens together again. A model works only with the tokenizer it was trained with.',
  },
  bpe: {
    says: 'Byte-pair encoding builds a vocabulary by merging the most frequent pair of neighboring pieces, again and again.',
  },
  vocabulary: {
    says: 'All tokens that a model knows. A larger vocabulary makes texts shorter in tokens and the model larger.',
    here: 'All tokens that a model knows; here {vocabulary}. A larger vocabulary makes texts shorter in tokens and the model larger.',
  },
  'special-token': { says: 'A token that stands for no text, such as the end of a document or a blank to fill.' },
  shard: {
    says: 'A file of fixed size that holds part of the tokenized text. Training reads shards instead of the text.',
  },
  mojibake: { says: 'Garbled letters, such as “Ã©” for “é”, from text that was read with the wrong encoding.' },
  unicode: {
    says: 'Writes letters that look the same with the same code. NFC keeps their look; NFKC also replaces look-alikes.',
  },
  architecture: {
    says: 'The plan of a network: which layers it has and how they are connected, such as GPT, Llama, BERT or T5.',
  },
  transformer: { says: 'A network of layers with attention. Nearly all language models are transformers.' },
  parameter: {
    says: 'A number inside the model that training adjusts. Their count is the size of the model.',
    here: 'A number inside the model that training adjusts. This model has {parameters} parameters.',
  },
  weight: {
    says: 'A parameter that a layer multiplies its input by. “The weights” are everything that a model has learned.',
  },
  layer: {
    says: 'One round of attention and computation. Text passes through all layers in order.',
    here: 'One round of attention and computation. Text passes through all of them in order; this model has {layers}.',
  },
  attention: { says: 'Lets each token take in information from other tokens, with weights that the model computes.' },
  'attention-head': {
    says: 'One of several attention computations that run in parallel in a layer, each with its own focus.',
    here: 'One of several attention computations that run in parallel in a layer, each with its own focus; here {heads}.',
  },
  embedding: {
    says: 'The list of numbers that stands for a token inside the model. Similar tokens get similar numbers.',
  },
  'context-length': {
    says: 'How many tokens the model reads at once. Anything earlier is invisible to it.',
    here: 'How many tokens the model reads at once; here {context}. Anything earlier is invisible to it.',
  },
  truncation: { says: 'Leaves out what doesn’t fit the context: the model reads only the beginning of a longer text.' },
  width: {
    says: 'How many numbers stand for each token inside the model.',
    here: 'How many numbers stand for each token inside the model; here {width}.',
  },
  'inner-width': {
    says: 'Width inside the feed-forward part of a layer, usually about four times the width of the model.',
  },
  activation: {
    says: 'The curve that a layer applies to its numbers, such as GELU. Without it, many layers could do no more than one.',
  },
  normalization: { says: 'Rescales the numbers for each token between layers, so that training stays stable.' },
  rope: { says: 'Rotary position embedding tells attention how far apart two tokens are by rotating their numbers.' },
  dropout: {
    says: 'Switches off random units during training, so that the model memorizes less.',
    here: 'Switches off random units during training, so that the model memorizes less; here a share of {dropout}.',
  },
  bias: { says: 'A number that a layer adds after multiplying by its weights. Many newer models do without biases.' },
  logit: { says: 'The score of a token before scores become probabilities. A higher logit means a more likely token.' },
  objective: { says: 'The task that a model is trained on, such as predicting the next token or filling blanks.' },
  'causal-lm': {
    says: 'Training to predict each token from the tokens before it. GPT and Llama are trained this way.',
  },
  'masked-lm': {
    says: 'Training to fill tokens that were hidden, from the text on both sides. BERT is trained this way.',
  },
  'span-corruption': { says: 'Training to restore stretches of text that were cut out. T5 is trained this way.' },
  'prefix-lm': { says: 'Training to continue a beginning that the model reads in both directions.' },
  'instruction-tuning': {
    says: 'Training on questions with good answers (supervised fine-tuning), so that the model answers instead of continuing the text.',
  },
  'sequence-to-sequence': { says: 'Training to turn an input into a target, such as a sentence into its translation.' },
  step: {
    says: 'One update of all weights, from one batch.',
    here: 'One update of all weights, from one batch. This run plans {steps} steps.',
  },
  batch: {
    says: 'The rows of tokens that one training step learns from together.',
    here: 'The rows of tokens that one training step learns from together; here {batch}.',
  },
  packing: { says: 'Fills each training row with text. Packing whole documents keeps them apart within a row.' },
  'micro-batch': {
    says: 'Part of a batch that fits into memory. Gradients of all parts are added up before the weights change.',
  },
  gradient: { says: 'Says how to change each weight, and how strongly, so that the loss falls.' },
  'gradient-clipping': { says: 'Limits the size of the gradient, so that one unusual batch can’t ruin the model.' },
  loss: {
    says: 'What training minimizes: the average surprisal of the right token, in nats. Lower is better.',
    here: 'What training minimizes: the average surprisal of the right token; here {loss} nats. Lower is better.',
  },
  nat: { says: 'A unit of surprisal, like the bit but with base e. One nat is 1.44 bits.' },
  'learning-rate': {
    says: 'How far each step moves the weights. Too high and training fails; too low and it takes forever.',
    here: 'How far each step moves the weights, at most {learningRate} here. Too high and training fails; too low and it takes forever.',
  },
  schedule: {
    says: 'How the learning rate changes during training. It usually rises at first and falls toward the end.',
  },
  'warm-up': {
    says: 'The first steps, in which the learning rate rises slowly, so that training starts without shocks.',
    here: 'The first steps, here {warmup}, in which the learning rate rises slowly, so that training starts without shocks.',
  },
  'weight-decay': {
    says: 'Pulls weights toward zero at every step, so that the model relies on no single weight.',
    here: 'Pulls weights toward zero at every step, here by {weightDecay} times the learning rate.',
  },
  optimizer: { says: 'The rule that turns gradients into changes of the weights, such as AdamW.' },
  adamw: { says: 'The usual optimizer of language models. It gives each weight its own step size.' },
  sgd: { says: 'Stochastic gradient descent, the simplest optimizer: it moves each weight against its gradient.' },
  lion: { says: 'An optimizer that uses only the sign of each change. It needs less memory than AdamW.' },
  muon: {
    says: 'An optimizer that balances the update of a weight matrix over all its directions. It often needs fewer steps than AdamW.',
  },
  momentum: { says: 'Averages recent gradients, so that steps go in a steady direction.' },
  epoch: { says: 'One pass over the training text.' },
  checkpoint: { says: 'The saved weights of one step, from which you can write text, export or resume training.' },
  'best-step': {
    says: 'The step with the lowest validation loss. Its weights are saved and used for writing and export.',
  },
  'latest-checkpoint': {
    says: 'The newest saved step, from which training resumes. It may be worse than the best step.',
  },
  'validation-set': {
    says: 'Text set aside before training, to measure what the model learned.',
    here: 'Text set aside before training, to measure what the model learned; here {validationTokens} tokens.',
  },
  'test-set': { says: 'Text set aside for one final measurement. It stays honest only if you rarely look at it.' },
  overfitting: { says: 'The model improves on the training text and gets worse on new text.' },
  memorization: {
    says: 'The model predicts its training text better and better, but not new text. In the extreme, it repeats that text word for word.',
  },
  'copied-passage': {
    says: 'Consecutive words that generated text shares with the training text. A few are normal; whole sentences mean that the model repeats your text.',
  },
  underfitting: { says: 'The model is too small, or trained too briefly, to learn what the text could teach.' },
  'early-stopping': { says: 'Ends training when validation loss hasn’t improved for several evaluations.' },
  'weight-averaging': {
    says: 'Uses the average of the weights of recent steps, which is often better than the last weights.',
  },
  recomputation: {
    says: 'Computes values of a layer twice instead of storing them. This saves memory and takes about a third more time.',
  },
  seed: {
    says: 'The starting point of all random choices. The same seed and settings give the same text.',
    here: 'The starting point of all random choices. The same seed and settings give the same result; here {seed}.',
  },
  perplexity: {
    says: 'How many tokens the model hesitates between, on average. Lower is better.',
    here: 'How many tokens the model hesitates between, on average; here {perplexity}. Lower is better.',
  },
  'pseudo-perplexity': {
    says: 'Perplexity of models that fill blanks: each token is hidden once and guessed from all others.',
  },
  'strided-perplexity': {
    says: 'Perplexity over overlapping windows, so that nearly every token is predicted from a full context.',
  },
  'bits-per-byte': {
    says: 'Bits needed to store each byte of new text with this model. Unlike perplexity, it compares models with different tokenizers.',
    here: 'Bits needed to store each byte of new text with this model; here {bitsPerByte}. Uncompressed text takes 8.',
  },
  surprisal: { says: 'How unexpected a token was, in bits; 1 bit more means half the probability.' },
  entropy: {
    says: 'How uncertain a prediction is: the average surprisal that it expects, in bits. 0 means certain of one token.',
  },
  'kl-divergence': {
    says: 'How far one prediction is from another: the extra bits per token from using it instead. 0 means equal.',
  },
  'logit-lens': {
    says: 'Turns the values after each layer into a prediction, as if the model stopped there.',
  },
  baseline: { says: 'A simple method or an earlier run to compare with. A number without one says little.' },
  uniform: {
    says: 'Gives every token the same probability. Its perplexity is the size of the vocabulary.',
    here: 'Gives every token the same probability. Its perplexity here is {uniform}.',
  },
  unigram: {
    says: 'Knows only how common each token is.',
    here: 'Knows only how common each token is. Its perplexity here is {unigram}.',
  },
  bigram: {
    says: 'A table that counts which token follows which.',
    here: 'A table that counts which token follows which. Its perplexity here is {bigram}.',
  },
  trigram: {
    says: 'A table that counts which token follows which two; a fair opponent.',
    here: 'A table that counts which token follows which two; a fair opponent. Its perplexity here is {trigram}.',
  },
  'naive-bayes': { says: 'A classifier that only counts which words occur with which label; a fair opponent.' },
  majority: { says: 'Gives every text the most frequent label. A classifier must do better than that.' },
  label: {
    says: 'The answer that a classifier gives for a text, such as “spam”.',
    here: 'The answer that a classifier gives for a text, such as “spam”; here one of {labels}.',
  },
  classifier: { says: 'A model that sorts texts by label instead of writing text.' },
  pooling: {
    says: 'How a classifier turns the tokens of a text into one vector: it takes the first, the last, or the mean of all.',
  },
  accuracy: {
    says: 'Share of answers that are right.',
    here: 'Share of answers that are right; here {accuracy}.',
  },
  'top-5-accuracy': {
    says: 'Share of tokens where the right one was among the five likeliest. Top-1 counts only the likeliest.',
  },
  precision: { says: 'Of the texts predicted to have a label, the share that is right.' },
  recall: { says: 'Of the texts that actually have a label, the share found.' },
  f1: {
    says: 'Combines precision and recall; both must be high. Macro F1 counts every label equally.',
    here: 'Combines precision and recall; both must be high. Macro F1, here {macroF1}, counts every label equally.',
  },
  'confusion-matrix': { says: 'A table of actual against predicted labels. Mistakes lie off the diagonal.' },
  calibration: {
    says: 'Whether stated confidence matches accuracy: of answers given with 90 % confidence, 90 % should be right.',
  },
  confidence: { says: 'The probability that a model gives its own answer.' },
  'confidence-interval': { says: 'The range in which the true value probably lies. More text makes it narrower.' },
  'minimal-pair': {
    says: 'Two sentences that differ in one thing, and only one is correct. The model should prefer the correct one.',
  },
  'exact-match': { says: 'Share of outputs that are identical to the wanted text.' },
  bleu: {
    says: 'Compares word sequences of an output with a reference, up to four words long. Common for translations.',
  },
  chrf: { says: 'Compares character sequences of an output with a reference. It forgives different word endings.' },
  rouge: { says: 'Measures how many words or word sequences an output shares with a reference. Common for summaries.' },
  ter: { says: 'How many edits turn an output into the reference, per word. Lower is better.' },
  distinct: {
    says: 'Share of distinct words in what the model writes; Distinct-2 counts word pairs.',
  },
  repetition: { says: 'Share of four-word sequences that the model wrote before in the same text.' },
  loops: { says: 'Share of texts that end in the same words again and again.' },
  prompt: { says: 'The text that you give a model to continue or answer.' },
  sampling: { says: 'Drawing the next token at random by its probability, instead of always taking the likeliest.' },
  temperature: { says: 'Below 1 the model plays safe, above 1 it takes risks.' },
  'top-k': {
    says: 'Draws only from the k likeliest tokens.',
    here: 'Draws only from the {topK} likeliest tokens.',
  },
  'top-p': {
    says: 'Draws only from the likeliest tokens that add up to a probability of p.',
    here: 'Draws only from the likeliest tokens that add up to a probability of {topP}.',
  },
  'beam-search': { says: 'Keeps several candidate outputs at once and returns the likeliest one.' },
  'fine-tuning': { says: 'Training a finished model further, for a purpose or a kind of text.' },
  'base-model': { says: 'The model that fine-tuning starts from.' },
  lora: {
    says: 'Trains a small add-on to a model and leaves the model as it is. Its rank sets how much it can learn.',
  },
  forgetting: { says: 'What a model gets worse at while it learns something new.' },
  replay: { says: 'Mixes old text into fine-tuning, so that the model forgets less.' },
  'chat-template': { says: 'How the turns of a conversation become one text, with markers for who speaks.' },
  'system-message': { says: 'An instruction that comes before the whole conversation.' },
  'loss-mask': { says: 'Marks the tokens that the model is trained on, such as answers, and leaves out the rest.' },
  quantization: { says: 'Stores weights with fewer bits. The file gets smaller and the model slightly less accurate.' },
  'weight-precision': { says: 'Bits per weight: F32 has 32 and F16 has 16. Half the bits halve the memory.' },
  gguf: { says: 'A model in one file, for llama.cpp, Ollama and LM Studio.' },
  onnx: { says: 'A model as a graph of operations that many engines can run, in browsers too.' },
  safetensors: { says: 'A file format for weights that holds only numbers and can’t run code.' },
  'hugging-face': { says: 'A folder with weights, tokenizer and settings that the transformers library opens.' },
  'model-card': {
    says: 'Describes a model: what it was trained on, how good it is, and what it shouldn’t be used for.',
  },
  'data-card': {
    says: 'Describes the training text: where it comes from, what was removed, and under which licenses.',
  },
  license: { says: 'Says what others may do with a text or model.' },
  webgpu: { says: 'Lets a web page compute on the graphics card. This is the fastest way to train here.' },
  wasm: { says: 'WebAssembly: fast code on the processor, for devices without WebGPU.' },
  indexeddb: { says: 'The browser’s database. Your texts and models are stored there, on this computer only.' },
};
