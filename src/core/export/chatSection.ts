/** How a conversation is written, as a card tells it. */
import { piecedTogether, piecesOf } from '../chat/pieces';
import type { RunInfo } from './homegrownJson';

/** A heading and what stands below it; nothing where there is no template. */
export function chatSection({ chatTemplate }: RunInfo): string[] {
  if (chatTemplate === undefined) return [];
  const pieces = piecesOf(chatTemplate);
  const written = pieces ? piecedTogether(pieces, EXAMPLE) : chatTemplate;
  const shown = written.length <= LONGEST && !written.includes('```') ? [`\`\`\`\n${written.trimEnd()}\n\`\`\``] : [];
  return [
    '## Conversations',
    pieces
      ? `A conversation is written like this, and the model answers next:`
      : `${ITS_OWN}${shown.length > 0 ? ':' : '.'}`,
    ...shown,
    'It is `chat_template` of `tokenizer_config.json`, in Jinja, and stands in a GGUF file too. In Homegrown and in its web ' +
      'service what somebody says is text alone; most other tools take what looks like a special token in it for that token.',
  ];
}
const ITS_OWN = 'A conversation is written by a template of its own';
const EXAMPLE = [
  { role: 'user', content: 'Who is there?' },
  { role: 'assistant', content: 'A friend.' },
  { role: 'user', content: 'Whose?' },
] as const;
/** Characters of a template that is shown. */
const LONGEST = 3000;
