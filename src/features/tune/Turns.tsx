import type { PaintedToken } from '../../core/chat/painted';
import { formatCount } from '../../core/base/units';
import type { PaintedConversation } from '../../protocol/data';
import { cx } from '../../ui';
import styles from './TunePage.module.css';

/** A conversation, turn by turn: trained tokens have a ground and a line, context is bare. */
export function Turns({ example, hasBorders }: { example: PaintedConversation; hasBorders: boolean }) {
  return (
    <section className={styles.turns} aria-label={example.name}>
      <p>
        <span>{example.name}</span>
        <span>
          {formatCount(example.learnt)} of {formatCount(example.of)} tokens trained on
          {example.of > example.tokens.length && `, truncated to ${formatCount(example.tokens.length)}`}
        </span>
      </p>
      {turnsOf(example.tokens.slice(0, MOST)).map(({ role, tokens }, i) => (
        <div key={i} className={styles.turn}>
          <b>{role}</b>
          <div className={cx(styles.tokens, !hasBorders && styles.plain)} dir="auto">
            {(hasBorders ? tokens : joined(tokens)).map((token, at) => (
              <Token key={at} token={token} />
            ))}
          </div>
        </div>
      ))}
      {example.tokens.length > MOST && (
        <p>
          <span>{formatCount(example.tokens.length - MOST)} more tokens not shown</span>
        </p>
      )}
    </section>
  );
}
/** Tokens of one that are drawn: more would hold the page. */
const MOST = 2000;

function Token({ token: { text, isLearnt, isSpecial } }: { token: PaintedToken }) {
  if (text === '') return null;
  const lines = text.split('\n');
  return (
    <span className={cx(styles.token, isLearnt ? styles.learnt : styles.read, isSpecial && styles.special)}>
      {lines.map((line, i) => (
        <span key={i}>
          {i > 0 && (
            <>
              <span className={styles.newline}>↵</span>
              {'\n'}
            </>
          )}
          {line}
        </span>
      ))}
    </span>
  );
}

interface Turn {
  role: PaintedToken['role'];
  tokens: readonly PaintedToken[];
}
function turnsOf(tokens: readonly PaintedToken[]): readonly Turn[] {
  const turns: { role: PaintedToken['role']; tokens: PaintedToken[] }[] = [];
  for (const token of tokens) {
    const last = turns.at(-1);
    // A line's end that the template writes before a turn ends the line before it.
    const endsLine = /^\n+$/.test(token.text) && turns.length > 0;
    if (last && (last.role === token.role || endsLine)) last.tokens.push(token);
    else turns.push({ role: token.role, tokens: [token] });
  }
  return turns;
}

/** What is alike in a row, as one. */
function joined(tokens: readonly PaintedToken[]): readonly PaintedToken[] {
  const found: PaintedToken[] = [];
  for (const token of tokens) {
    const last = found.at(-1);
    if (last && !last.isSpecial && !token.isSpecial && last.isLearnt === token.isLearnt)
      found[found.length - 1] = { ...last, text: last.text + token.text };
    else found.push(token);
  }
  return found;
}
