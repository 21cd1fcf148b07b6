/** npm run grow: trains a model on text files into a folder, or resumes a run from one. */
import { OPTIONS } from './growOptions';
import { learn } from './learning';
import { withSettings } from './settings';
import { command } from './terminal';

const examples = [
  '--text moby-dick.txt --out my-model',
  '--text *.txt --tokenizer bpe:4096 --layers 6 --heads 6 --width 384 --context 256 --steps 5000 --out my-model',
  '--resume my-model --steps 8000',
  "--text moby-dick.txt --settings 'model=gpt&layers=4&heads=4&width=128&context=128&tokenizer=bpe:1024' --out my-model",
  '--text moby-dick.txt --minutes 15 --out my-model',
  '--model t5 --pairs letters.csv:input=letters,target=sorted --out my-model',
  '--from SmolLM2-135M.gguf --context 512 --text moby-dick.txt --steps 200 --out my-model',
];
const about = 'Trains a model on text and saves it as a Hugging Face folder. Ctrl-C stops and saves.';
export const growCommand = command({
  name: 'grow',
  about,
  options: OPTIONS,
  examples,
  expand: withSettings,
  run: learn,
});
