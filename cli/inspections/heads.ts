/** Roles of heads. */
import { counted, formatShare } from '../../src/core/base/units';
import { HEAD_ROLES, type HeadRole, MIN_SCORE } from '../../src/core/inspect/headRoles';
import { inColumns } from '../table';
import { print } from '../terminal';
import { inFloat, type Printer } from './printer';

const ROLES = Object.keys(HEAD_ROLES) as readonly HeadRole[];

export const headsPrinter: Printer<'heads'> = {
  json({ roles: { heads, ...measured } }) {
    return {
      ...measured,
      minScore: MIN_SCORE,
      heads: heads.map(({ scores, ...head }) => ({
        ...head,
        scores: Object.fromEntries(ROLES.map((role) => [role, inFloat(scores[role])])),
      })),
    };
  },

  print({ roles: { heads, length, sequences } }) {
    print(
      `Mean attention weights on ${counted(sequences, 'sequence')} of ${counted(length, 'random token')}, each repeated once:`,
    );
    const isPair = heads.some(({ site }) => site === 'encoder');
    const rows = heads.map(({ site, layer, head, role, scores }) => [
      ...(isPair ? [site === 'self' ? 'decoder' : site] : []),
      ...[String(layer), String(head), role ?? '–'],
      ...ROLES.map((each) => formatShare(scores[each])),
    ]);
    const titles = [...(isPair ? ['stack'] : []), 'layer', 'head', 'role', ...ROLES];
    for (const line of inColumns([titles, ...rows], titles.length - ROLES.length)) print(line);
    for (const role of ROLES) print(`${role}: on ${HEAD_ROLES[role]}`);
    print(`A head has the role with its highest score, if that is at least ${formatShare(MIN_SCORE)}.`);
  },
};
