import { checkOp, floats, integers } from '../testing/checkOp';
import { EMBEDDING } from './embedding';

// Ids that repeat, one that never occurs, and more places than tokens.
const ids = integers([2, 3], [4, 0, 4, 1, 4, 3]);
checkOp('embedding', EMBEDDING, { ids, tokens: floats([5, 3]) }, { vocabulary: 5, places: 0 });
checkOp(
  'embedding with positions',
  EMBEDDING,
  { ids, tokens: floats([5, 3]), positions: floats([4, 3], 1, 1) },
  { vocabulary: 5, places: 4 },
);
