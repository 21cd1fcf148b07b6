/** Email addresses. */
import type { PersonalKind } from './kind';

const FILE_ENDINGS = /\.(?:png|jpe?g|gif|svg|webp|css|js|html?|pdf)$/i;

export const email: PersonalKind = {
  source: 'RFC 5321 4.5.3.1 (lengths), RFC 5322 3.4.1 (characters)',
  pattern:
    /(?<![\p{L}\p{N}._%+'&=-])[\p{L}\p{N}_%+'&=-][\p{L}\p{N}._%+'&=-]{0,63}@(?:[\p{L}\p{N}][\p{L}\p{N}-]{0,62}\.){1,8}\p{L}{2,24}(?![\p{L}\p{N}-]|\.[\p{L}\p{N}])/gu,
  lengthOf(candidate) {
    const [local, domain] = candidate.split('@') as [string, string];
    const isAddress = !local.includes('..') && !local.endsWith('.') && !domain.includes('-.');
    return isAddress && !FILE_ENDINGS.test(domain) ? candidate.length : 0;
  },
};
