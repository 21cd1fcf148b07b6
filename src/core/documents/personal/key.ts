/** Keys and tokens of the shapes that their issuers publish. */
import type { PersonalKind } from './kind';

const SHAPES: readonly string[] = [
  '(?:AKIA|ASIA)[A-Z2-7\\d]{16}',
  'gh[pousr]_[A-Za-z\\d]{36,255}',
  'github_pat_[A-Za-z\\d]{22}_[A-Za-z\\d]{59}',
  'glpat-[\\w-]{20,64}',
  'xox[abprs]-[A-Za-z\\d-]{10,250}',
  '[sr]k_(?:live|test)_[A-Za-z\\d]{24,255}',
  'AIza[\\w-]{35}',
  'eyJ[\\w-]{8,2000}\\.eyJ[\\w-]{8,4000}\\.[\\w-]{16,1000}',
];

export const key: PersonalKind = {
  source: 'AWS IAM, GitHub, GitLab, Slack, Stripe and Google documentation; RFC 7519 (JWT), RFC 7468 (PEM)',
  pattern: new RegExp(
    `(?<![\\w-])(?:${SHAPES.join('|')})(?![\\w-])|-----BEGIN (?:[A-Z]{2,12} ){0,2}PRIVATE KEY-----`,
    'g',
  ),
  lengthOf: (candidate) => candidate.length,
};
