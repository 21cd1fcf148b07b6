import { formatCount } from '../../../core/base/units';
import { modelOf } from '../../../state/openRun';
import { KIND_WORDS } from '../../../state/preparation';
import type { Studio } from '../../../state/slices/studio';

/** Tokenizer of the chosen model; an imported model has one even if the project has none. */
export function modelTokenizer(
  s: Pick<Studio, 'shown' | 'opened' | 'project'>,
): { kind: keyof typeof KIND_WORDS; size: number } | undefined {
  const record = modelOf(s, 'playground')?.record;
  return record && { kind: record.tokenizer.kind, size: record.model.vocabulary };
}

/** `BPE · 2,048 entries` */
export function modelTokenizerWords(s: Parameters<typeof modelTokenizer>[0]): string | undefined {
  const tokenizer = modelTokenizer(s);
  return tokenizer && `${KIND_WORDS[tokenizer.kind]} · ${formatCount(tokenizer.size)} entries`;
}
