import { loaded } from '../../../base/load';
import { hubProblem } from '../../../models/folderFormat';
import { BOUND_OF_F32, readers } from '../../../verify/check';
import { adapterBytes, type Card, F32, type Format, type LoadFacts, tellingBytes, weightBytes } from '../../format';
import type { ModelChoice } from '../../../models/network';
import { DOES } from '../../kinds';

export const FOLDER: Card = {
  name: 'Hugging Face folder',
  purpose: 'Fine-tune it in Python, or publish it',
  icon: 'code',
  opensIn: 'transformers and Homegrown',
  opensThis: (model) =>
    hubProblem(model) === null ? undefined : 'Homegrown; transformers has no class for this model',
  holds: 'zip with safetensors, tokenizer.json, config and README',
  howToLoad: (facts) =>
    facts.isInTransformers
      ? [{ title: 'Python, with the Hugging Face folder', language: 'python', code: inPython(facts) }]
      : [],
};

function inPython({ use, prompt, tokens, chats, likely }: LoadFacts): string {
  const { auto } = DOES[use];
  const opened = `from transformers import ${auto}, AutoTokenizer

tokenizer = AutoTokenizer.from_pretrained("path/to/the/folder")
model = ${auto}.from_pretrained("path/to/the/folder")
`;
  if (use === 'classifier')
    return `${opened}texts = tokenizer(["One text", "Another"], padding=True, truncation=True, return_tensors="pt")
scores = model(input_ids=texts["input_ids"], attention_mask=texts["attention_mask"]).logits
${likely === undefined ? 'print([model.config.id2label[int(best)] for best in scores.argmax(-1)])' : `print([[model.config.id2label[i] for i, p in enumerate(row) if p >= ${likely}] for row in scores.sigmoid().tolist()])`}`;
  if (use === 'decoder' && chats)
    return `${opened}messages = [{"role": "user", "content": "Who is there?"}]
ids = tokenizer.apply_chat_template(messages, add_generation_prompt=True, return_dict=True, return_tensors="pt")
answer = model.generate(**ids, max_new_tokens=${tokens}, do_sample=True)[0, ids["input_ids"].shape[1]:]
print(tokenizer.decode(answer, skip_special_tokens=True))`;
  if (use !== 'encoder')
    return `${opened}ids = tokenizer(${JSON.stringify(prompt)}, return_tensors="pt")
print(tokenizer.decode(model.generate(**ids, max_new_tokens=${tokens}, do_sample=True)[0]))`;
  return `${opened}ids = tokenizer(${JSON.stringify(prompt)} + tokenizer.mask_token, return_tensors="pt")
scores = model(**ids).logits[ids["input_ids"] == tokenizer.mask_token_id]
print([tokenizer.decode(id) for id in scores[0].topk(5).indices])`;
}

/** Returns the reason why only Homegrown opens the model's folder; null if transformers opens it too. */
export function onlyHere({ model }: { model: Pick<ModelChoice, 'id' | 'config'> }): string | null {
  const problem = hubProblem(model);
  return problem === null ? null : `${problem}. Only Homegrown opens the folder.`;
}

/**
 * A trained model as a Hugging Face folder, which transformers, transformers.js and llama.cpp's converter open
 * unchanged. Where transformers has no class for the model, the folder is in our own layout. `homegrown.json`, and
 * `optimizer.safetensors` if requested, let Homegrown resume training from the same folder.
 */
export const huggingFace: Format = {
  card: FOLDER,
  precision: F32,
  kind: 'folder',
  moments: 'asked',
  warning: onlyHere,
  bytes: (known) =>
    tellingBytes(known) + (known.withOptimizer ? known.saved : weightBytes(F32, known)) + adapterBytes(known),
  async files(exported, options) {
    const { huggingFaceFiles } = await loaded('The Hugging Face exporter', import('./write'));
    return huggingFaceFiles(exported, options);
  },
  secondReader: 'folder',
  check: { engine: 'page', opens: async (file) => (await readers()).readFolder(file, ''), bound: BOUND_OF_F32 },
};
