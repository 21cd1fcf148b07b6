/** Modelfile for Ollama, next to the GGUF file: `ollama create my-model -f model.Modelfile`. */
import { type Pieces, piecesOf } from '../../../chat/pieces';
import { type ByteStream, textFile } from '../../../files/byteSource';
import { END_OF_TEXT } from '../../../tokenizer/special';
import type { RunInfo } from '../../homegrownJson';
import { normalizerWords } from '../../normalizerWords';

/** Returns the Modelfile. @param file name of the GGUF file */
export function modelfile({ model: { config }, normalizers, chatTemplate }: RunInfo, file: string): ByteStream {
  const pieces = chatTemplate === undefined ? null : piecesOf(chatTemplate);
  const stops = new Set([END_OF_TEXT, ...(pieces ? [pieces.assistant.after.trim()] : [])]);
  const lines = [
    `FROM ./${file}`,
    ...templateLines(chatTemplate, pieces),
    ...(normalizers
      ? [`# It was trained on normalized text, so write prompts in that form: ${normalizerWords(normalizers)}.`]
      : []),
    '# The model has no positions beyond its context: half of the context is left for the prompt.',
    `PARAMETER num_ctx ${config.context}`,
    `PARAMETER num_predict ${Math.floor(config.context / 2)}`,
    'PARAMETER temperature 0.8',
    'PARAMETER top_k 50',
    ...Array.from(stops, (stop) => `PARAMETER stop "${stop}"`),
  ];
  return textFile(`${file.replace(/\.gguf$/i, '')}.Modelfile`, `${lines.join('\n')}\n`);
}

function templateLines(chatTemplate: string | undefined, pieces: Pieces | null): readonly string[] {
  if (chatTemplate === undefined)
    return ['# It continues text: there are no roles and no system prompt.', 'TEMPLATE "{{ .Prompt }}"'];
  if (pieces)
    return [
      '# The chat template it was tuned with. Ollama reads special tokens in messages as such.',
      `TEMPLATE """${goTemplate(pieces)}"""`,
    ];
  return [
    '# It has its own chat template: tokenizer.chat_template in the GGUF file. Ollama applies templates that it knows;',
    '# otherwise it passes prompts through: write them as the template does.',
  ];
}

/** Chat template in Go (https://pkg.go.dev/text/template) over Ollama's messages. Quotes other text for Go. */
function goTemplate({ asks, ...pieces }: Pieces): string {
  const said = (['system', 'user', 'assistant'] as const).flatMap((role) => {
    const around = pieces[role];
    return around ? [[role, around] as const] : [];
  });
  const turns = said.map(
    ([role, { before, after }], i) =>
      `{{ ${i === 0 ? 'if' : 'else if'} eq .Role "${role}" }}${quoted(before)}{{ .Content }}${quoted(after)}`,
  );
  return `{{ range .Messages }}${turns.join('')}{{ end }}{{ end }}${quoted(asks)}`;
}
/** Quotes text as JSON, which Go reads with the same meaning. */
const quoted = (text: string): string => (text === '' ? '' : `{{ ${JSON.stringify(text)} }}`);
