import type { RunInfo } from './homegrownJson';

/** Lines that can be run, one tool after the other, each with the download that it needs. */
export function howToLoad({ model, recipe }: RunInfo): string {
  const prompt = JSON.stringify(recipe.samplePrompt);
  // Prompt and continuation have to fit into the context.
  const tokens = Math.min(100, Math.floor(model.config.context / 2));
  const ways: readonly (readonly [string, string, string])[] = [
    [
      'Python, with the Hugging Face folder',
      'python',
      `from transformers import AutoModelForCausalLM, AutoTokenizer

tokenizer = AutoTokenizer.from_pretrained("path/to/the/folder")
model = AutoModelForCausalLM.from_pretrained("path/to/the/folder")
ids = tokenizer(${prompt}, return_tensors="pt")
print(tokenizer.decode(model.generate(**ids, max_new_tokens=${tokens}, do_sample=True)[0]))`,
    ],
    [
      'JavaScript, with the ONNX folder',
      'js',
      `import { env, pipeline } from '@huggingface/transformers';

env.allowRemoteModels = false;
env.localModelPath = 'path/to/the/folder/above/';
const generate = await pipeline('text-generation', 'name-of-the-folder');
console.log(await generate(${prompt}, { max_new_tokens: ${tokens}, do_sample: true }));`,
    ],
    [
      'Ollama, with the GGUF file and the Modelfile beside it',
      'sh',
      'ollama create my-model -f model.Modelfile && ollama run my-model',
    ],
    [
      'llama.cpp, with the GGUF file',
      'sh',
      `llama-completion -m model.gguf -p ${shell(recipe.samplePrompt)} -n ${tokens}`,
    ],
    [
      'LM Studio, with the GGUF file, which may as well be put into `~/.lmstudio/models/homegrown/my-model/`',
      'sh',
      'lms import model.gguf',
    ],
    ['A web service, with its folder', 'sh', 'npm ci && npm start'],
  ];
  const parts = ways.map(([title, language, code]) => `${title}:\n\n\`\`\`${language}\n${code}\n\`\`\``);
  return [
    ...parts,
    'The offline page is opened by a double click. Dropped back into Homegrown, the Hugging Face folder is a model again.',
  ].join('\n\n');
}

const shell = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`;
