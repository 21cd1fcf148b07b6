import { CARDS } from './cards';
import type { Snippet } from './format';
import type { Recipe } from '../train/recipe';
import type { ModelChoice } from '../train/run';

/** Lines that can be run, one tool after the other, each with the download that it needs. */
export function howToLoad({ model, recipe }: { model: ModelChoice; recipe: Recipe }): string {
  const facts = {
    prompt: recipe.samplePrompt,
    // Prompt and continuation have to fit into the context.
    tokens: Math.min(100, Math.floor(model.config.context / 2)),
  };
  const snippets = CARDS.flatMap((card) => card.howToLoad?.(facts) ?? []).sort(
    (a, b) => LANGUAGES.indexOf(a.language) - LANGUAGES.indexOf(b.language),
  );
  const openings = CARDS.flatMap(({ opening }) => opening ?? []);
  return [
    ...snippets.map(({ title, language, code }) => `${title}:\n\n\`\`\`${language}\n${code}\n\`\`\``),
    [...openings, 'Dropped back into Homegrown, the Hugging Face folder is a model again.'].join(' '),
  ].join('\n\n');
}

/** Programs first, then what is typed. */
const LANGUAGES: readonly Snippet['language'][] = ['python', 'js', 'sh'];
