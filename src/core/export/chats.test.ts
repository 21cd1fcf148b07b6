/** Chat settings in exports: end tokens, template, and Ollama's parameters. */
import { expect, test } from 'vitest';
import { template } from '../../../scripts/templates';
import { endOfTurn } from '../chat/endOfTurn';
import { piecedTogether, piecesOf } from '../chat/pieces';
import { compiled } from '../chat/template';
import { usualTemplate } from '../chat/usual';
import { bytesSource, readBytes } from '../files/byteSource';
import { chatmlModel, turnsModel } from '../../testing/chatModel';
import { CHAT_TEMPLATES, everyTokenizer, specialTokenizer, turnsTokenizer } from '../../testing/chatTemplates';
import { untrainedBert } from '../../testing/untrainedModels';
import { createTokenizer } from '../tokenizer/byteLevel';
import { chatTemplateOf, type Tokenizer, withChatTemplate } from '../tokenizer/tokenizer';
import type { Exported } from './format';
import { FORMATS } from './formats';
import { huggingFaceFiles } from './formats/huggingFace/write';
import { importModel } from './importModel';
import { unwatched } from '../base/job';
import { datasheet } from './datasheet';
import { cardOf } from '../../testing/cardOf';

const [turns, chatml] = [(await turnsModel()).model, (await chatmlModel()).model];
const withTemplate = async ({ model }: Tokenizer, template: string) =>
  createTokenizer(withChatTemplate(model, template));
const idOf = ({ tokenizer }: Exported, text: string): number =>
  tokenizer.special.find((token) => token.text === text)!.id;
const filesOf = async (model: Exported) =>
  Promise.all(
    huggingFaceFiles(model, { withOptimizer: false }).map(async (file) => ({ name: file.name, bytes: await readBytes(file) })), // prettier-ignore
  );
const textOf = async (model: Exported, name: string): Promise<string> =>
  new TextDecoder().decode((await filesOf(model)).find((file) => file.name === name)!.bytes);
const modelfileOf = async ({ info }: Exported): Promise<string> =>
  new TextDecoder().decode(await readBytes((await FORMATS['gguf-f16'].sidecar!.files(info, 'x.gguf'))[0]!));

test('a turn ends with the token that the template writes, whatever that is', async () => {
  const every = await everyTokenizer();
  const ends = async (template: string): Promise<string | undefined> => {
    const tokenizer = await withTemplate(every, template);
    const id = endOfTurn(tokenizer);
    return id === undefined ? undefined : tokenizer.specialOf(id)!.text;
  };
  expect(await ends(CHAT_TEMPLATES['chatml']!)).toBe('<|im_end|>');
  expect(await ends(CHAT_TEMPLATES['llama3']!)).toBe('<|eot_id|>');
  expect(await ends(CHAT_TEMPLATES['gemma']!)).toBe('<end_of_turn>');
  expect(await ends('{% for message in messages %}{{ message.content }}{% endfor %}')).toBeUndefined();
  expect(await ends('{% for')).toBeUndefined();
  expect(endOfTurn(every)).toBeUndefined();
});

test('generation_config.json and GGUF files list both end tokens of a model with two', async () => {
  const eos = async (model: Exported): Promise<unknown> =>
    (JSON.parse(await textOf(model, 'generation_config.json')) as { eos_token_id: unknown }).eos_token_id;
  expect(await eos(chatml)).toEqual([idOf(chatml, '<|endoftext|>'), idOf(chatml, '<|im_end|>')]);
  expect(await eos(turns)).toBe(turns.tokenizer.endOfText);
  const gguf = async (model: Exported): Promise<string> =>
    new TextDecoder('latin1').decode(
      await readBytes((await FORMATS['gguf-f16'].files(model, { withOptimizer: false, template }))[0]!),
    );
  const key = 'tokenizer.ggml.eot_token_id';
  const [one, two] = [await gguf(turns), await gguf(chatml)];
  expect(one).not.toContain(key);
  const at = two.indexOf(key) + key.length;
  expect(two.slice(at, at + 4)).toBe('\x04\0\0\0'); // a 32-bit number
  expect(Uint8Array.from(two.slice(at + 4, at + 8), (c) => c.charCodeAt(0))).toEqual(
    new Uint8Array(Uint32Array.of(idOf(chatml, '<|im_end|>')).buffer),
  );
});

test('a folder keeps its template through an import and an export', async () => {
  for (const model of [turns, chatml]) {
    const files = await filesOf(model);
    const back = await importModel(
      files.map(({ name, bytes }) => ({ name, source: bytesSource(bytes) })),
      unwatched,
    );
    expect(back.info).toEqual(model.info);
    expect(back.info!.chatTemplate).toMatch(/add_generation_prompt/);
    for (const name of ['generation_config.json', 'tokenizer_config.json', 'tokenizer.json'])
      expect(await textOf({ ...model, ...back, info: back.info! }, name)).toBe(await textOf(model, name));
  }
});

test('pieces of a usual template reproduce its text; other templates have none', async () => {
  const plain = await specialTokenizer(['<|end "of" text|>']);
  for (const tokenizer of [await turnsTokenizer(), plain, chatml.tokenizer]) {
    const written = await compiled(usualTemplate(tokenizer), tokenizer);
    const pieces = piecesOf(written.source)!;
    const messages = [
      { role: 'system', content: 'Be short.' },
      { role: 'user', content: 'Who?\n' },
      { role: 'assistant', content: ' {{ Me }}' },
      { role: 'user', content: '' },
    ] as const;
    expect(piecedTogether(pieces, messages)).toBe(written.render({ messages }, true));
    expect(piecedTogether(pieces, messages.slice(0, 3))).toBe(written.render({ messages: messages.slice(0, 3) }));
  }
  for (const source of [...Object.values(CHAT_TEMPLATES), '', `${usualTemplate(turns.tokenizer)} `])
    expect(piecesOf(source)).toBeNull();
});

/** Renders Go's text/template for the one form that the exporter writes. */
function run(go: string, messages: readonly { Role: string; Content: string }[]): string {
  const [, turns, asks] = /^\{\{ range \.Messages \}\}(.*)\{\{ end \}\}\{\{ end \}\}(.*)$/s.exec(go)!;
  const text = (quoted: string): string =>
    quoted.replace(/\{\{ (".*?[^\\]"|"") \}\}/g, (_, one: string) => String(JSON.parse(one)));
  const branches = turns!.split(/\{\{ (?:if|else if) eq \.Role "(\w+)" \}\}/).slice(1);
  const of = new Map(branches.flatMap((role, i) => (i % 2 === 0 ? [[role, branches[i + 1]!]] : [])));
  return (
    messages.map(({ Role, Content }) => of.get(Role)!.split('{{ .Content }}').map(text).join(Content)).join('') +
    text(asks!)
  );
}

test('the Modelfile has a usual template in Go, and stops at the end of a turn', async () => {
  const plain = await withTemplate(turns.tokenizer, usualTemplate(await specialTokenizer(['<|endoftext|>'])));
  const spoken = (tokenizer: Tokenizer, info = turns.info) => ({ ...turns, info: { ...info, chatTemplate: tokenizer.model.chatTemplate! } }); // prettier-ignore
  for (const model of [turns, chatml, spoken(plain)]) {
    const text = await modelfileOf(model);
    const go = /^TEMPLATE """(.*)"""$/ms.exec(text)![1]!;
    const messages = [{ role: 'system', content: 'b' }, { role: 'user', content: 'Who "is" there?' }, { role: 'assistant', content: 'c' }, { role: 'user', content: 'd' }] as const; // prettier-ignore
    const source = model.info.chatTemplate!;
    const rendered = (await compiled(source, await withTemplate(model.tokenizer, source))).render({ messages }, true);
    expect(run(go, messages.map(({ role, content }) => ({ Role: role, Content: content })))).toBe(rendered); // prettier-ignore
  }
  expect(await modelfileOf(chatml)).toMatch(/^PARAMETER stop "<\|endoftext\|>"\nPARAMETER stop "<\|im_end\|>"$/m);
  const other = await modelfileOf({ ...chatml, info: { ...chatml.info, chatTemplate: CHAT_TEMPLATES['llama3']! } });
  expect(other).toContain('# It has its own chat template');
  expect(other).not.toContain('\nTEMPLATE');
});

test('card and datasheet show how a conversation is written, and what was tuned', async () => {
  const card = cardOf(turns.info);
  expect(card).toContain('## Chat template');
  expect(card).toContain(
    '<|user|>Who is there?<|endoftext|><|assistant|>A friend.<|endoftext|><|user|>Whose?<|endoftext|>',
  );
  expect(card).toContain('tokenizer.apply_chat_template(messages, add_generation_prompt=True');
  const { chatTemplate: _, origin: __, ...info } = turns.info;
  expect(cardOf(info)).not.toMatch(/Conversations|apply_chat_template/);
  const parent = { id: 'a', step: 2600, how: 'fine-tune', name: 'Moby Dick' } as const;
  expect(cardOf({ ...info, parent })).toContain('tuned with Homegrown from step 2,600 of Moby Dick');
  const [segment] = info.segments;
  const tuned = { ...info, parent, segments: [{ ...segment, recipe: { ...segment.recipe, objective: 'chats' as const } }] as typeof info.segments }; // prettier-ignore
  expect(datasheet(tuned)).toContain('The model was trained from step 2,600 of Moby Dick');
  expect(datasheet(tuned)).toContain('In each conversation, only the answers');
  expect(datasheet(info)).toContain('No labels.');
  expect(cardOf((await untrainedBert()).info)).not.toContain('Conversations');
});

test('refuses named chat templates without a default, and prefers chat_template.jinja', async () => {
  const files = await filesOf(chatml);
  const named = (...names: string[]) => names.map((name) => ({ name, template: `{{ ${name} }}` }));
  const importWith = (chat_template: unknown, jinja?: string) =>
    importModel(
      [
        ...files
          .filter(({ name }) => name !== 'chat_template.jinja')
          .map(({ name, bytes }) => {
            if (name !== 'tokenizer_config.json') return { name, source: bytesSource(bytes) };
            const config = { ...(JSON.parse(new TextDecoder().decode(bytes)) as object), chat_template };
            return { name, source: bytesSource(new TextEncoder().encode(JSON.stringify(config))) };
          }),
        ...(jinja === undefined
          ? []
          : [{ name: 'chat_template.jinja', source: bytesSource(new TextEncoder().encode(jinja)) }]),
      ],
      unwatched,
    );
  const templateIn = async (...given: Parameters<typeof importWith>) =>
    chatTemplateOf((await importWith(...given)).tokenizer.model);
  await expect(importWith(named('rag', 'tool_use'))).rejects.toMatchObject({
    code: 'bad-file',
    message: 'tokenizer_config.json has 2 chat templates, "rag", "tool_use", and none is called "default".',
    remedy: expect.stringMatching(/^Nothing was imported\. Rename/) as string,
  });
  expect(await templateIn(named('rag', 'default'))).toBe('{{ default }}');
  expect(await templateIn(named('rag'), '{{ messages }}')).toBe('{{ messages }}');
  expect(await templateIn([])).toBeUndefined();
});
