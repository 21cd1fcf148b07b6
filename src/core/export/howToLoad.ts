import { CARDS } from './cards';
import type { Format, Snippet } from './format';
import { FORMATS } from './formats';
import { modelSpec } from '../models';

/** Lines that can be run, one tool after the other, each with the download that it needs. */
export function howToLoad(settings: Parameters<NonNullable<Format['problem']>>[0]): string {
  const { model, recipe } = settings;
  const facts = {
    kind: modelSpec(model.id).kind,
    prompt: recipe.samplePrompt,
    // Prompt and continuation have to fit into the context.
    tokens: Math.min(100, Math.floor(model.config.context / 2)),
  };
  const written = Object.values<Format>(FORMATS).filter(({ problem }) => (problem?.(settings) ?? null) === null);
  const cards = CARDS.filter((card) => written.some((format) => format.card === card));
  const snippets = cards
    .flatMap((card) => card.howToLoad?.(facts) ?? [])
    .sort((a, b) => LANGUAGES.indexOf(a.language) - LANGUAGES.indexOf(b.language));
  const openings = cards.flatMap(({ opening }) => opening ?? []);
  return [
    ...snippets.map(({ title, language, code }) => `${title}:\n\n\`\`\`${language}\n${code}\n\`\`\``),
    [...openings, 'Dropped back into Homegrown, the Hugging Face folder is a model again.'].join(' '),
  ].join('\n\n');
}

/** Programs first, then what is typed. */
const LANGUAGES: readonly Snippet['language'][] = ['python', 'js', 'sh'];
