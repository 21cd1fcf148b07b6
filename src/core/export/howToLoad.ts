import type { Format, Snippet } from './format';
import type { FormatSettings } from './formatSettings';
import { kindOf } from './kinds';
import { modelSpec } from '../models';
import { hubProblem } from '../models/folderFormat';
import { plain } from './markdown';
import { EVEN } from '../base/labels';

/** Code snippets to load the model, by tool, each with the download it needs. @param formats available formats */
export function howToLoad(settings: FormatSettings, formats: readonly Format[]): string {
  const { model, recipe } = settings;
  const facts = {
    use: kindOf(model),
    kind: modelSpec(model.id).kind,
    isInTransformers: hubProblem(model) === null,
    prompt: recipe.samplePrompt,
    chats: settings.chatTemplate !== undefined,
    ...(settings.model.config.classes?.several && { likely: settings.atLeast || EVEN }),
    // Prompt and continuation must fit into the context.
    tokens: Math.min(100, Math.floor(model.config.context / 2)),
  };
  const written = formats.filter(({ problem }) => (problem?.(settings) ?? null) === null);
  const cards = [...new Set(formats.map(({ card }) => card))].filter((card) =>
    written.some((format) => format.card === card),
  );
  const snippets = cards
    .flatMap((card) => card.howToLoad?.(facts) ?? [])
    .sort((a, b) => LANGUAGES.indexOf(a.language) - LANGUAGES.indexOf(b.language));
  const openings = cards.flatMap(({ opening }) => opening ?? []);
  const warnings = new Set(written.flatMap((format) => format.warning?.(settings) ?? []));
  return [
    ...snippets.map(({ title, language, code }) => `${title}:\n\n\`\`\`${language}\n${code}\n\`\`\``),
    ...[...warnings].map(markdown),
    ...(settings.trainable?.adapter && facts.isInTransformers ? [APART] : []),
    [...openings, 'To import the model into Homegrown, drop the Hugging Face folder.'].join(' '),
  ].join('\n\n');
}

const APART =
  'The Hugging Face folder also has the adapter alone, in `adapter/`: peft loads it on top of the base model.';

/** Escapes text, but keeps code between backticks. */
const markdown = (text: string): string =>
  text
    .split('`')
    .map((part, i) => (i % 2 === 1 ? `\`${part}\`` : plain(part)))
    .join('');

/** Order of languages: programs before shell commands. */
const LANGUAGES: readonly Snippet['language'][] = ['python', 'js', 'sh'];
