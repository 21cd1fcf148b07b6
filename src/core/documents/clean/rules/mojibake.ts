/**
 * Repairs UTF-8 decoded with the wrong encoding, line by line, exactly as ftfy does (oracles/test_mojibake.py).
 *
 * @example `"â€œIshmaelâ€\u009d, the cafÃ© and voilÃ\u00a0"` becomes `"“Ishmael”, the café and voilà"`
 * @example `"l\u2019Ã©tÃ© and a € that was right, √©"` becomes `"l\u2019été and a € that was right, √©"`
 * @example `"ÃƒÂ©, Ð¿Ñ€Ð¸Ð²ÐµÑ‚"` becomes `"é, привет"`
 * @example `"Ähnlich, naïve façade, “½ crème brûlée”, Ã, ÇA, 5 µm²"` becomes `"Ähnlich, naïve façade, “½ crème brûlée”, Ã, ÇA, 5 µm²"`
 */
import { badness, nextSuspect } from '../mojibake/badness';
import { fixEncoding } from '../mojibake/mend';
import { textRule } from './rule';

export const mojibake = textRule({
  label: 'Mojibake',
  does: 'Fixes letters read in the wrong encoding: Ã© to é, â€™ to ’',
  source: 'ftfy 6.3.1, fix_encoding (Robyn Speer)',
  fields: {},
  recommended: 'nobody wrote these letters, and correct text is rarely mistaken for them',
  changes: () => (passage) => {
    let [text, copiedEnd, places, end] = ['', 0, 0, 0];
    for (let suspect = nextSuspect(passage, 0); suspect >= 0; suspect = nextSuspect(passage, end)) {
      const start = passage.lastIndexOf('\n', suspect) + 1;
      end = passage.indexOf('\n', suspect) + 1 || passage.length;
      const line = passage.slice(start, end);
      const fixed = fixEncoding(line);
      if (fixed === line) continue;
      places += Math.max(badness(line) - badness(fixed), 1);
      text += passage.slice(copiedEnd, start) + fixed;
      copiedEnd = end;
    }
    return places === 0 ? { text: passage, places } : { text: text + passage.slice(copiedEnd), places };
  },
});
