import { formatCount } from '../../core/base/units';
import { MARKUPS, type MarkupId } from '../../core/documents/markup';
import type { WaitingFile } from '../../state/slices/adding';

/** `2 HTML pages and 1 CSV table` */
export function countedKinds(markup: readonly WaitingFile[]): string {
  const kinds = (Object.keys(MARKUPS) as MarkupId[]).flatMap((id) => {
    const count = markup.filter(({ kind }) => kind === id).length;
    return count === 0 ? [] : [`${formatCount(count)} ${count === 1 ? MARKUPS[id].one : MARKUPS[id].many}`];
  });
  return new Intl.ListFormat('en-GB').format(kinds);
}
