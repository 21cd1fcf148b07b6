/** Chat template, for a model card. */
import { piecedTogether, piecesOf } from '../chat/pieces';
import type { RunInfo } from './homegrownJson';

/** Returns a heading, an example and a note; empty without a template. */
export function chatSection({ chatTemplate }: RunInfo): string[] {
  if (chatTemplate === undefined) return [];
  const pieces = piecesOf(chatTemplate);
  const written = pieces ? piecedTogether(pieces, EXAMPLE) : chatTemplate;
  const shown =
    written.length <= MAX_LENGTH && !written.includes('```') ? [`\`\`\`\n${written.trimEnd()}\n\`\`\``] : [];
  return [
    '## Chat template',
    pieces
      ? 'A conversation looks like this, and the model answers next:'
      : `${ITS_OWN}${shown.length > 0 ? ':' : '.'}`,
    ...shown,
    'The Jinja template is `chat_template` in `tokenizer_config.json`, and also in the GGUF file. Homegrown and its web ' +
      'service read messages as plain text; most other tools read special tokens in them as such.',
  ];
}
const ITS_OWN = 'The model has its own chat template';
const EXAMPLE = [
  { role: 'user', content: 'Who is there?' },
  { role: 'assistant', content: 'A friend.' },
  { role: 'user', content: 'Whose?' },
] as const;
/** Maximum length of a template example in the card, in characters. */
const MAX_LENGTH = 3000;
